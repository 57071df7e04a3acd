/** The configuration namespace `payments`: read from the environment once, checked as a whole. */
import { resolve } from 'node:path';
import { registerAs } from '@nestjs/config';
import { readVariables } from '@keyward/configuration';
import { REVOCATIONS_PATH } from '@keyward/oauth';
import { observabilityOf } from '@keyward/observability';
import { z } from 'zod';
import { PAYMENTS_VARIABLES } from './payments.variables.js';
import { SECRET_VARIABLES } from './variable.descriptions.js';

const RULES = { schema: z.object(PAYMENTS_VARIABLES), secrets: SECRET_VARIABLES };

/**
 * Reads the configuration. An empty variable counts as absent, and a secret may stand in a file.
 * @throws ConfigurationError that lists every problem
 */
export function readPaymentsConfiguration(source: NodeJS.ProcessEnv) {
  const env = readVariables(RULES, source);
  const issuer = env.PAYMENTS_ISSUER.replace(/\/$/, '');
  return {
    /** Log, metrics and traces. */
    observability: observabilityOf('PAYMENTS', env, env.NODE_ENV === 'production'),
    /** Address to listen on. */
    host: env.PAYMENTS_HOST,
    /** Port to listen on; 0 takes a free one. */
    port: env.PAYMENTS_PORT,
    /** How long readiness is down before the port closes. */
    drainMs: env.PAYMENTS_DRAIN_MS,
    /** The authorization server of this landscape. */
    issuer: env.PAYMENTS_ISSUER,
    /** This service's resource indicator: what `aud` must name. */
    audience: env.PAYMENTS_AUDIENCE,
    /** Where the issuer's keys are; undefined: as its metadata says. */
    jwksUri: env.PAYMENTS_JWKS_URI,
    /** Allows keys over plain http from another machine; only for a network that is trusted. */
    insecureHttp: env.PAYMENTS_INSECURE_HTTP,
    /** What the issuer signs with; tokens of any other algorithm are refused. */
    algorithm: env.PAYMENTS_ALGORITHM,
    /** Token endpoint that the documentation page's "Authorize" asks. */
    tokenUrl: env.PAYMENTS_TOKEN_URL ?? `${issuer}/oauth2/token`,
    /** How the issuer is asked and heard; undefined without a secret: a token lives until it expires. */
    revocations:
      env.PAYMENTS_CLIENT_SECRET === undefined
        ? undefined
        : {
            url: env.PAYMENTS_REVOCATIONS_URL ?? `${issuer}${REVOCATIONS_PATH}`,
            tokenUrl: env.PAYMENTS_REVOCATIONS_TOKEN_URL ?? `${issuer}/oauth2/token`,
            /** Undefined: as the issuer's metadata says. */
            introspectionUrl: env.PAYMENTS_INTROSPECTION_URL,
            clientId: env.PAYMENTS_CLIENT_ID,
            clientSecret: env.PAYMENTS_CLIENT_SECRET,
            whenStale: env.PAYMENTS_WHEN_STALE,
          },
    /** A payment above needs a stronger sign-in; in the currency's minor unit. */
    stepUpLimitMinor: env.PAYMENTS_STEP_UP_LIMIT,
    /** The `acr` values that are strong enough. */
    stepUpAcr: env.PAYMENTS_STEP_UP_ACR.split(' ').filter(Boolean),
    /** A second issuer with rules of its own, a partner's or a bank's; undefined: there is none. */
    foreign:
      env.PAYMENTS_FOREIGN_ISSUER === undefined
        ? undefined
        : {
            issuer: env.PAYMENTS_FOREIGN_ISSUER,
            jwksUri: env.PAYMENTS_FOREIGN_JWKS_URI,
            audience: env.PAYMENTS_FOREIGN_AUDIENCE ?? env.PAYMENTS_AUDIENCE,
            algorithm: env.PAYMENTS_FOREIGN_ALGORITHM,
            scopeClaim: env.PAYMENTS_FOREIGN_SCOPE_CLAIM,
            clientClaim: env.PAYMENTS_FOREIGN_CLIENT_CLAIM,
          },
    /** The file that holds the payments, absolute. */
    file: resolve(env.PAYMENTS_FILE),
  };
}

/** What payments-service is told by its environment. */
export type PaymentsConfiguration = ReturnType<typeof readPaymentsConfiguration>;

/** The namespace, for `ConfigModule.forFeature` and `paymentsConfig.KEY`. */
export const paymentsConfig = registerAs('payments', () => readPaymentsConfiguration(process.env));
