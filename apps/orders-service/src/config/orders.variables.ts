/** The environment variables of orders-service: the form of each, and what must hold between them. */
import { drainMs, flag, httpUrl, portNumber, redisUrl } from '@keyward/configuration';
import { observabilityVariables } from '@keyward/observability';
import { z } from 'zod';

const seconds = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number of seconds')
  .transform(Number)
  .refine((value) => value >= 1 && value <= 3600, 'must be between 1 and 3600 seconds');

/** Names of origins with commas between; anything else never matches what a browser sends. */
const origins = z
  .string()
  .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
  .refine(
    (list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    'must be origins such as https://shop.example.com, separated by commas',
  );

export const ORDERS_VARIABLES = {
  NODE_ENV: z.string().default('development'),
  ORDERS_HOST: z.string().default('127.0.0.1'),
  ORDERS_PORT: portNumber.prefault('4001'),
  ORDERS_ISSUER: httpUrl.default('http://127.0.0.1:4000'),
  ORDERS_AUDIENCE: httpUrl.default('http://127.0.0.1:4001'),
  ORDERS_JWKS_URI: httpUrl.optional(),
  ORDERS_INSECURE_HTTP: flag,
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
  ORDERS_REVOCATIONS_REDIS_URL: redisUrl.optional(),
  ORDERS_REVOCATIONS_REDIS_KEY: z.string().default('keyward:revocations'),
  ORDERS_INTROSPECTION_URL: httpUrl.optional(),
  ORDERS_WHEN_STALE: z
    .enum(['accept', 'introspect', 'reject'], { error: 'must be accept, introspect or reject' })
    .default('accept'),
  ORDERS_PAYMENTS_URL: httpUrl.optional(),
  ORDERS_PAYMENTS_AUDIENCE: z.url({ error: 'must be a URL' }).optional(),
  ORDERS_RECONCILE_SECONDS: seconds.prefault('30'),
  ORDERS_CORS_ORIGINS: origins.prefault(''),
  ORDERS_FILE: z.string().default('.keyward/orders.json'),
  ORDERS_DEMO_CUSTOMER: z.string().max(255, 'must be 255 characters or fewer').optional(),
  ORDERS_DRAIN_MS: drainMs,
  ...observabilityVariables('ORDERS'),
};

/** What of these variables goes together, a sentence each. */
export function findOrdersProblems(present: Readonly<Record<string, string | undefined>>) {
  if (present['ORDERS_CLIENT_SECRET'] !== undefined) return [];
  const problems: string[] = [];
  if (present['ORDERS_WHEN_STALE'] === 'introspect') {
    problems.push('ORDERS_WHEN_STALE is introspect, which needs ORDERS_CLIENT_SECRET');
  }
  if (present['ORDERS_PAYMENTS_URL'] !== undefined) {
    problems.push('ORDERS_PAYMENTS_URL needs ORDERS_CLIENT_SECRET, to ask for tokens with');
  }
  return problems;
}
