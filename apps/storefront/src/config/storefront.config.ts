/** The configuration namespace `storefront`: read from the environment once, checked as a whole. */
import { registerAs } from '@nestjs/config';
import { readVariables } from '@keyward/configuration';
import { observabilityOf } from '@keyward/observability';
import { z } from 'zod';
import { findStorefrontProblems, STOREFRONT_VARIABLES } from './storefront.variables.js';
import { SECRET_VARIABLES } from './variable.descriptions.js';

const RULES = {
  schema: z.object(STOREFRONT_VARIABLES),
  secrets: SECRET_VARIABLES,
  findProblems: findStorefrontProblems,
};

/**
 * Reads the configuration. An empty variable counts as absent, and a secret may stand in a file.
 * @throws ConfigurationError that lists every problem
 */
export function readStorefrontConfiguration(source: NodeJS.ProcessEnv) {
  const env = readVariables(RULES, source);
  return {
    /** Log, metrics and traces. */
    observability: observabilityOf('STOREFRONT', env, env.NODE_ENV === 'production'),
    /** Address to listen on. */
    host: env.STOREFRONT_HOST,
    /** Port to listen on; 0 takes a free one. */
    port: env.STOREFRONT_PORT,
    /** How long readiness is down before the port closes. */
    drainMs: env.STOREFRONT_DRAIN_MS,
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
            sealingKeys: env.STOREFRONT_SEALING_KEYS ?? [],
          },
    /** Allows http to other machines; only for a network that is trusted. */
    insecureHttp: env.STOREFRONT_INSECURE_HTTP,
    /** Cookies without Secure and __Host-, for browsers that trust no http at all. */
    insecureCookies: env.STOREFRONT_INSECURE_COOKIES,
  };
}

/** What the storefront is told by its environment. */
export type StorefrontConfiguration = ReturnType<typeof readStorefrontConfiguration>;

/** The namespace, for `ConfigModule.forRoot` and `storefrontConfig.KEY`. */
export const storefrontConfig = registerAs('storefront', () =>
  readStorefrontConfiguration(process.env),
);
