/** The configuration namespace `orders`: read from the environment once, checked as a whole. */
import { resolve } from 'node:path';
import { registerAs } from '@nestjs/config';
import { readVariables } from '@keyward/configuration';
import { REVOCATIONS_PATH } from '@keyward/oauth';
import { observabilityOf } from '@keyward/observability';
import { z } from 'zod';
import { findOrdersProblems, ORDERS_VARIABLES } from './orders.variables.js';
import { SECRET_VARIABLES } from './variable.descriptions.js';

const RULES = {
  schema: z.object(ORDERS_VARIABLES),
  secrets: SECRET_VARIABLES,
  findProblems: findOrdersProblems,
};

/**
 * Reads the configuration. An empty variable counts as absent, and a secret may stand in a file.
 * @throws ConfigurationError that lists every problem
 */
export function readOrdersConfiguration(source: NodeJS.ProcessEnv) {
  const env = readVariables(RULES, source);
  return {
    /** Log, metrics and traces. */
    observability: observabilityOf('ORDERS', env, env.NODE_ENV === 'production'),
    /** Address to listen on. */
    host: env.ORDERS_HOST,
    /** Port to listen on; 0 takes a free one. */
    port: env.ORDERS_PORT,
    /** How long readiness is down before the port closes. */
    drainMs: env.ORDERS_DRAIN_MS,
    /** The one authorization server whose access tokens are accepted. */
    issuer: env.ORDERS_ISSUER,
    /** This service's resource indicator: what `aud` must name. */
    audience: env.ORDERS_AUDIENCE,
    /** Where the issuer's keys are; undefined: as its metadata says. */
    jwksUri: env.ORDERS_JWKS_URI,
    /** Allows keys over plain http from another machine; only for a network that is trusted. */
    insecureHttp: env.ORDERS_INSECURE_HTTP,
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
            insecureHttp: env.ORDERS_INSECURE_HTTP,
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
  };
}

/** What orders-service is told by its environment. */
export type OrdersConfiguration = ReturnType<typeof readOrdersConfiguration>;

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

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

/** The namespace, for `ConfigModule.forFeature` and `ordersConfig.KEY`. */
export const ordersConfig = registerAs('orders', () => readOrdersConfiguration(process.env));
