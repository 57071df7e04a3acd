/** The configuration namespace `payments`: read from the environment once, checked as a whole. */
import { resolve } from 'node:path';
import { registerAs } from '@nestjs/config';
import { REVOCATIONS_PATH } from '@keyward/oauth';
import { observabilityOf, observabilityVariables } from '@keyward/observability';
import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const algorithm = z.enum(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'], {
  error: 'must be ES256, ES384, RS256, PS256 or EdDSA',
});
const port = z.coerce.number().int().min(0).max(65_535);
const amount = z
  .string()
  .regex(/^\d{1,9}(\.\d\d)?$/, { error: 'must be an amount like 100.00' })
  .transform((text) => Math.round(Number(text) * 100));

const environment = z
  .object({
    NODE_ENV: z.string().optional(),
    ...observabilityVariables('PAYMENTS'),
    PAYMENTS_HOST: z.string().default('127.0.0.1'),
    PAYMENTS_PORT: port.default(4003),
    PAYMENTS_ISSUER: httpUrl.default('http://127.0.0.1:4000'),
    PAYMENTS_AUDIENCE: httpUrl.default('http://127.0.0.1:4003'),
    PAYMENTS_JWKS_URI: httpUrl.optional(),
    PAYMENTS_INSECURE_HTTP: z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .default('false'),
    PAYMENTS_ALGORITHM: algorithm.default('ES256'),
    PAYMENTS_TOKEN_URL: httpUrl.optional(),
    PAYMENTS_CLIENT_ID: z.string().default('payments-service'),
    PAYMENTS_CLIENT_SECRET: z.string().optional(),
    PAYMENTS_INTROSPECTION_URL: httpUrl.optional(),
    PAYMENTS_REVOCATIONS_URL: httpUrl.optional(),
    PAYMENTS_REVOCATIONS_TOKEN_URL: httpUrl.optional(),
    PAYMENTS_WHEN_STALE: z
      .enum(['accept', 'introspect', 'reject'], { error: 'must be accept, introspect or reject' })
      .default('introspect'),
    PAYMENTS_STEP_UP_LIMIT: amount.default(100_00),
    PAYMENTS_STEP_UP_ACR: z.string().default('urn:keyward:acr:mfa urn:keyward:acr:phr'),
    PAYMENTS_FOREIGN_ISSUER: httpUrl.optional(),
    PAYMENTS_FOREIGN_JWKS_URI: httpUrl.optional(),
    PAYMENTS_FOREIGN_AUDIENCE: z.string().optional(),
    PAYMENTS_FOREIGN_ALGORITHM: algorithm.default('RS256'),
    PAYMENTS_FOREIGN_SCOPE_CLAIM: z.string().default('scp'),
    PAYMENTS_FOREIGN_CLIENT_CLAIM: z.string().default('azp'),
    PAYMENTS_FILE: z.string().default('.keyward/payments.jsonl'),
  })
  .transform((env) => {
    const issuer = env.PAYMENTS_ISSUER.replace(/\/$/, '');
    return {
      /** Log, metrics and traces. */
      observability: observabilityOf('PAYMENTS', env, env.NODE_ENV === 'production'),
      /** Address to listen on. */
      host: env.PAYMENTS_HOST,
      /** Port to listen on; 0 takes a free one. */
      port: env.PAYMENTS_PORT,
      /** The authorization server of this landscape. */
      issuer: env.PAYMENTS_ISSUER,
      /** This service's resource indicator: what `aud` must name. */
      audience: env.PAYMENTS_AUDIENCE,
      /** Where the issuer's keys are; undefined: as its metadata says. */
      jwksUri: env.PAYMENTS_JWKS_URI,
      /** Allows keys over plain http from another machine; only for a network that is trusted. */
      insecureHttp: env.PAYMENTS_INSECURE_HTTP === 'true',
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
  });

/** What payments-service is told by its environment. */
export type PaymentsConfiguration = z.output<typeof environment>;

/**
 * Reads the configuration. An empty variable counts as absent.
 * @throws Error that lists every problem by its variable, and no value
 */
export function readPaymentsConfiguration(env: NodeJS.ProcessEnv): PaymentsConfiguration {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(present);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new Error(`the configuration is not usable:\n  - ${problems.join('\n  - ')}`);
}

/** The namespace, for `ConfigModule.forFeature` and `paymentsConfig.KEY`. */
export const paymentsConfig = registerAs('payments', () => readPaymentsConfiguration(process.env));
