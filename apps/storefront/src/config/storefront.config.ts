/** The configuration namespace `storefront`: read from the environment once, checked as a whole. */
import { registerAs } from '@nestjs/config';
import { observabilityOf, observabilityVariables } from '@keyward/observability';
import { z } from 'zod';
import { ConfigurationError } from './configuration.error.js';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).default('false');
const SEALING_KEY = /^[A-Za-z0-9_-]{43}$/;

const environment = z
  .object({
    NODE_ENV: z.string().optional(),
    ...observabilityVariables('STOREFRONT'),
    STOREFRONT_HOST: z.string().default('127.0.0.1'),
    STOREFRONT_PORT: z.coerce
      .number({ error: 'must be a port number' })
      .int({ error: 'must be a port number' })
      .min(0, { error: 'must be a port number' })
      .max(65_535, { error: 'must be a port number' })
      .default(4002),
    STOREFRONT_URL: httpUrl.default('http://127.0.0.1:4002'),
    STOREFRONT_ISSUER: httpUrl.default('http://127.0.0.1:4000'),
    STOREFRONT_ISSUER_ORIGIN: httpUrl.optional(),
    STOREFRONT_CLIENT_ID: z.string().default('storefront'),
    STOREFRONT_CLIENT_SECRET: z.string({ error: 'is missing' }),
    STOREFRONT_SPA_CLIENT_ID: z.string().default('storefront-spa'),
    STOREFRONT_SCOPE: z.string().default('openid profile orders:read orders:write'),
    STOREFRONT_ORDERS_URL: httpUrl.default('http://127.0.0.1:4001'),
    STOREFRONT_ORDERS_PUBLIC_URL: httpUrl.optional(),
    STOREFRONT_ORDERS_AUDIENCE: httpUrl.default('http://127.0.0.1:4001'),
    STOREFRONT_ALGORITHM: z
      .enum(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'], {
        error: 'must be ES256, ES384, RS256, PS256 or EdDSA',
      })
      .default('ES256'),
    STOREFRONT_REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a Redis URL' }).optional(),
    STOREFRONT_REDIS_KEY_PREFIX: z.string().default('storefront:'),
    STOREFRONT_SEALING_KEYS: z.string().optional(),
    STOREFRONT_INSECURE_HTTP: flag,
    STOREFRONT_INSECURE_COOKIES: flag,
  })
  .refine((env) => !env.STOREFRONT_REDIS_URL || env.STOREFRONT_SEALING_KEYS, {
    path: ['STOREFRONT_SEALING_KEYS'],
    error: 'is missing: sessions in Redis are encrypted',
  })
  .transform((env, context) => ({
    /** Log, metrics and traces. */
    observability: observabilityOf('STOREFRONT', env, env.NODE_ENV === 'production'),
    /** Address to listen on. */
    host: env.STOREFRONT_HOST,
    /** Port to listen on; 0 takes a free one. */
    port: env.STOREFRONT_PORT,
    /** The origin at which browsers reach the storefront. */
    publicUrl: env.STOREFRONT_URL,
    /** The authorization server, by the name that it calls itself. */
    issuer: env.STOREFRONT_ISSUER,
    /** Where this process reaches the authorization server, where that is somewhere else. */
    issuerOrigin: env.STOREFRONT_ISSUER_ORIGIN,
    clientId: env.STOREFRONT_CLIENT_ID,
    clientSecret: env.STOREFRONT_CLIENT_SECRET,
    /** The client that /spa.html is, in the browser alone. */
    spaClientId: env.STOREFRONT_SPA_CLIENT_ID,
    /** What is asked for at a sign-in. */
    scope: env.STOREFRONT_SCOPE,
    /** Where this process reaches orders-service. */
    ordersUrl: env.STOREFRONT_ORDERS_URL,
    /** Where browsers reach it, for /spa.html. */
    ordersPublicUrl: env.STOREFRONT_ORDERS_PUBLIC_URL ?? env.STOREFRONT_ORDERS_URL,
    /** The resource that orders-service is. */
    ordersAudience: env.STOREFRONT_ORDERS_AUDIENCE,
    /** What the authorization server signs with. */
    algorithm: env.STOREFRONT_ALGORITHM,
    /** Redis for sessions, shared by replicas; undefined: in this process. */
    redis:
      env.STOREFRONT_REDIS_URL === undefined
        ? undefined
        : {
            url: env.STOREFRONT_REDIS_URL,
            keyPrefix: env.STOREFRONT_REDIS_KEY_PREFIX,
            sealingKeys: sealingKeys(env.STOREFRONT_SEALING_KEYS ?? '', context),
          },
    /** Allows http to other machines; only for a network that is trusted. */
    insecureHttp: env.STOREFRONT_INSECURE_HTTP === 'true',
    /** Cookies without Secure and __Host-, for browsers that trust no http at all. */
    insecureCookies: env.STOREFRONT_INSECURE_COOKIES === 'true',
  }));

/** `2:<key>,1:<key>`: the first one encrypts. */
function sealingKeys(text: string, context: z.RefinementCtx) {
  return text.split(',').map((entry) => {
    const [version = '', key = ''] = entry.trim().split(':');
    if (!/^\d{1,3}$/.test(version) || Number(version) > 255 || !SEALING_KEY.test(key)) {
      context.addIssue({
        code: 'custom',
        path: ['STOREFRONT_SEALING_KEYS'],
        message: 'must be <version>:<32 bytes in base64url>, several of them with commas between',
      });
    }
    return { version: Number(version), key: Buffer.from(key, 'base64url') };
  });
}

/** What the storefront is told by its environment. */
export type StorefrontConfiguration = z.output<typeof environment>;

/**
 * Reads the configuration. An empty variable counts as absent.
 * @throws ConfigurationError that lists every problem
 */
export function readStorefrontConfiguration(env: NodeJS.ProcessEnv): StorefrontConfiguration {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(present);
  if (result.success) return result.data;
  throw new ConfigurationError(
    result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
  );
}

/** The namespace, for `ConfigModule.forRoot` and `storefrontConfig.KEY`. */
export const storefrontConfig = registerAs('storefront', () =>
  readStorefrontConfiguration(process.env),
);
