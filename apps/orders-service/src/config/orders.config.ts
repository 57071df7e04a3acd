/** The configuration namespace `orders`: read from the environment once, checked as a whole. */
import { resolve } from 'node:path';
import { registerAs } from '@nestjs/config';
import { REVOCATIONS_PATH } from '@keyward/oauth';
import { observabilityOf, observabilityVariables } from '@keyward/observability';
import { z } from 'zod';
import { ConfigurationError } from './configuration.error.js';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const environment = z
  .object({
    NODE_ENV: z.string().optional(),
    ...observabilityVariables('ORDERS'),
    ORDERS_HOST: z.string().default('127.0.0.1'),
    ORDERS_PORT: z.coerce
      .number({ error: 'must be a port number' })
      .int({ error: 'must be a port number' })
      .min(0, { error: 'must be a port number' })
      .max(65_535, { error: 'must be a port number' })
      .default(4001),
    ORDERS_ISSUER: httpUrl.default('http://127.0.0.1:4000'),
    ORDERS_AUDIENCE: httpUrl.default('http://127.0.0.1:4001'),
    ORDERS_JWKS_URI: httpUrl.optional(),
    ORDERS_INSECURE_HTTP: z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .default('false'),
    ORDERS_ALGORITHM: z
      .enum(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'], {
        error: 'must be ES256, ES384, RS256, PS256 or EdDSA',
      })
      .default('ES256'),
    ORDERS_TOKEN_URL: httpUrl.optional(),
    ORDERS_CLIENT_ID: z.string().default('orders-service'),
    ORDERS_CLIENT_SECRET: z.string().optional(),
    ORDERS_REVOCATIONS_URL: httpUrl.optional(),
    ORDERS_REVOCATIONS_TOKEN_URL: httpUrl.optional(),
    ORDERS_REVOCATIONS_REDIS_URL: z
      .url({ protocol: /^rediss?$/, error: 'must be a redis or rediss URL' })
      .optional(),
    ORDERS_REVOCATIONS_REDIS_KEY: z.string().default('keyward:revocations'),
    ORDERS_INTROSPECTION_URL: httpUrl.optional(),
    ORDERS_WHEN_STALE: z
      .enum(['accept', 'introspect', 'reject'], { error: 'must be accept, introspect or reject' })
      .default('accept'),
    ORDERS_PAYMENTS_URL: httpUrl.optional(),
    ORDERS_PAYMENTS_AUDIENCE: z.url({ error: 'must be a URL' }).optional(),
    ORDERS_RECONCILE_SECONDS: z.coerce
      .number({ error: 'must be a number of seconds' })
      .min(1, { error: 'must be at least 1' })
      .max(3600, { error: 'must be at most 3600' })
      .default(30),
    ORDERS_CORS_ORIGINS: z.string().default('').transform(originsIn),
    ORDERS_FILE: z.string().default('.keyward/orders.json'),
    ORDERS_DEMO_CUSTOMER: z.string().max(255).optional(),
  })
  .refine((env) => env.ORDERS_WHEN_STALE !== 'introspect' || env.ORDERS_CLIENT_SECRET, {
    path: ['ORDERS_WHEN_STALE'],
    error: 'is introspect, which needs ORDERS_CLIENT_SECRET',
  })
  .refine(
    ({ ORDERS_PAYMENTS_URL: url, ORDERS_CLIENT_SECRET: secret }) => !url || secret !== undefined,
    { path: ['ORDERS_PAYMENTS_URL'], error: 'needs ORDERS_CLIENT_SECRET, to ask for tokens with' },
  )
  .transform((env) => ({
    /** Log, metrics and traces. */
    observability: observabilityOf('ORDERS', env, env.NODE_ENV === 'production'),
    /** Address to listen on. */
    host: env.ORDERS_HOST,
    /** Port to listen on; 0 takes a free one. */
    port: env.ORDERS_PORT,
    /** The one authorization server whose access tokens are accepted. */
    issuer: env.ORDERS_ISSUER,
    /** This service's resource indicator: what `aud` must name. */
    audience: env.ORDERS_AUDIENCE,
    /** Where the issuer's keys are; undefined: as its metadata says. */
    jwksUri: env.ORDERS_JWKS_URI,
    /** Allows keys over plain http from another machine; only for a network that is trusted. */
    insecureHttp: env.ORDERS_INSECURE_HTTP === 'true',
    /** What the issuer signs with; tokens of any other algorithm are refused. */
    algorithm: env.ORDERS_ALGORITHM,
    /** Token endpoint that the documentation page's "Authorize" asks. */
    tokenUrl: env.ORDERS_TOKEN_URL ?? `${withoutSlash(env.ORDERS_ISSUER)}/oauth2/token`,
    /** Where revocations are read; undefined without a secret and a Redis: a token lives until it expires. */
    revocations: revocationsOf(env),
    /** What a feed that fell silent means. */
    whenStale: env.ORDERS_WHEN_STALE,
    /** How the issuer is asked while its feed is silent; undefined where it is not. */
    introspection:
      env.ORDERS_WHEN_STALE === 'introspect' && env.ORDERS_CLIENT_SECRET !== undefined
        ? {
            client: { clientId: env.ORDERS_CLIENT_ID, clientSecret: env.ORDERS_CLIENT_SECRET },
            endpoint: env.ORDERS_INTROSPECTION_URL,
            insecureHttp: env.ORDERS_INSECURE_HTTP === 'true',
          }
        : undefined,
    /** Where orders are paid; undefined: nowhere, and every order stays unpaid. */
    payments:
      env.ORDERS_PAYMENTS_URL === undefined
        ? undefined
        : {
            url: env.ORDERS_PAYMENTS_URL,
            audience: env.ORDERS_PAYMENTS_AUDIENCE ?? env.ORDERS_PAYMENTS_URL,
            tokenUrl:
              env.ORDERS_REVOCATIONS_TOKEN_URL ?? `${withoutSlash(env.ORDERS_ISSUER)}/oauth2/token`,
            clientId: env.ORDERS_CLIENT_ID,
            clientSecret: env.ORDERS_CLIENT_SECRET ?? '',
          },
    /** How often payments of which the end is not known are asked for. */
    reconcileSeconds: env.ORDERS_RECONCILE_SECONDS,
    /** Origins whose pages may call with a token that they hold themselves. Default: none. */
    corsOrigins: env.ORDERS_CORS_ORIGINS,
    /** The file that holds the orders, absolute. */
    file: resolve(env.ORDERS_FILE),
    /** Gets three sample orders when the file is created; undefined: the file starts empty. */
    demoCustomer: env.ORDERS_DEMO_CUSTOMER,
  }));

/** The stream of a Redis in the same trust domain, where one is named; else the issuer's feed. */
function revocationsOf(env: {
  readonly ORDERS_ISSUER: string;
  readonly ORDERS_CLIENT_ID: string;
  readonly ORDERS_CLIENT_SECRET?: string | undefined;
  readonly ORDERS_REVOCATIONS_URL?: string | undefined;
  readonly ORDERS_REVOCATIONS_TOKEN_URL?: string | undefined;
  readonly ORDERS_REVOCATIONS_REDIS_URL?: string | undefined;
  readonly ORDERS_REVOCATIONS_REDIS_KEY: string;
}) {
  const { ORDERS_REVOCATIONS_REDIS_URL: redisUrl, ORDERS_CLIENT_SECRET: clientSecret } = env;
  if (redisUrl !== undefined) {
    return { from: 'redis', redisUrl, key: env.ORDERS_REVOCATIONS_REDIS_KEY } as const;
  }
  if (clientSecret === undefined) return undefined;
  const issuer = withoutSlash(env.ORDERS_ISSUER);
  return {
    from: 'issuer',
    url: env.ORDERS_REVOCATIONS_URL ?? `${issuer}${REVOCATIONS_PATH}`,
    tokenUrl: env.ORDERS_REVOCATIONS_TOKEN_URL ?? `${issuer}/oauth2/token`,
    clientId: env.ORDERS_CLIENT_ID,
    clientSecret,
  } as const;
}

/** Names of origins with commas between; anything else never matches what a browser sends. */
function originsIn(text: string, context: z.RefinementCtx): readonly string[] {
  const origins = text.split(',').flatMap((origin) => origin.trim() || []);
  if (!origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin)) {
    context.addIssue({
      code: 'custom',
      message: 'must be origins such as https://shop.example.com',
    });
  }
  return origins;
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

/** What orders-service is told by its environment. */
export type OrdersConfiguration = z.output<typeof environment>;

/**
 * Reads the configuration. An empty variable counts as absent.
 * @throws ConfigurationError that lists every problem
 */
export function readOrdersConfiguration(env: NodeJS.ProcessEnv): OrdersConfiguration {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(present);
  if (result.success) return result.data;
  throw new ConfigurationError(
    result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
  );
}

/** The namespace, for `ConfigModule.forFeature` and `ordersConfig.KEY`. */
export const ordersConfig = registerAs('orders', () => readOrdersConfiguration(process.env));
