/** The environment variables of payments-service: the form of each. */
import { drainMs, flag, httpUrl, portNumber } from '@keyward/configuration';
import { observabilityVariables } from '@keyward/observability';
import { z } from 'zod';

const algorithm = z.enum(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'], {
  error: 'must be ES256, ES384, RS256, PS256 or EdDSA',
});

const amount = z
  .string()
  .regex(/^\d{1,9}(\.\d\d)?$/, 'must be an amount like 100.00')
  .transform((text) => Math.round(Number(text) * 100));

export const PAYMENTS_VARIABLES = {
  NODE_ENV: z.string().default('development'),
  PAYMENTS_HOST: z.string().default('127.0.0.1'),
  PAYMENTS_PORT: portNumber.prefault('4003'),
  PAYMENTS_ISSUER: httpUrl.default('http://127.0.0.1:4000'),
  PAYMENTS_AUDIENCE: httpUrl.default('http://127.0.0.1:4003'),
  PAYMENTS_JWKS_URI: httpUrl.optional(),
  PAYMENTS_INSECURE_HTTP: flag,
  PAYMENTS_ALGORITHM: algorithm.default('ES256'),
  PAYMENTS_TOKEN_URL: httpUrl.optional(),
  PAYMENTS_CLIENT_ID: z.string().default('payments-service'),
  PAYMENTS_CLIENT_SECRET: z.string().optional(),
  PAYMENTS_REVOCATIONS_URL: httpUrl.optional(),
  PAYMENTS_REVOCATIONS_TOKEN_URL: httpUrl.optional(),
  PAYMENTS_INTROSPECTION_URL: httpUrl.optional(),
  PAYMENTS_WHEN_STALE: z
    .enum(['accept', 'introspect', 'reject'], { error: 'must be accept, introspect or reject' })
    .default('introspect'),
  PAYMENTS_STEP_UP_LIMIT: amount.prefault('100.00'),
  PAYMENTS_STEP_UP_ACR: z.string().default('urn:keyward:acr:mfa urn:keyward:acr:phr'),
  PAYMENTS_FOREIGN_ISSUER: httpUrl.optional(),
  PAYMENTS_FOREIGN_JWKS_URI: httpUrl.optional(),
  PAYMENTS_FOREIGN_AUDIENCE: z.string().optional(),
  PAYMENTS_FOREIGN_ALGORITHM: algorithm.default('RS256'),
  PAYMENTS_FOREIGN_SCOPE_CLAIM: z.string().default('scp'),
  PAYMENTS_FOREIGN_CLIENT_CLAIM: z.string().default('azp'),
  PAYMENTS_FILE: z.string().default('.keyward/payments.jsonl'),
  PAYMENTS_DRAIN_MS: drainMs,
  ...observabilityVariables('PAYMENTS'),
};
