/** The environment variables of the storefront: the form of each, and what must hold between them. */
import { drainMs, flag, httpUrl, portNumber, redisUrl } from '@keyward/configuration';
import { observabilityVariables } from '@keyward/observability';
import { z } from 'zod';

/** `2:<key>,1:<key>`: the first one encrypts. */
const sealingKeys = z
  .string()
  .regex(
    /^\s*\d{1,3}:[A-Za-z0-9_-]{43}\s*(,\s*\d{1,3}:[A-Za-z0-9_-]{43}\s*)*$/,
    'must be <version>:<32 bytes in base64url>, several of them with commas between',
  )
  .transform((text) =>
    text.split(',').map((entry) => {
      const [version = '', key = ''] = entry.trim().split(':');
      return { version: Number(version), key: Buffer.from(key, 'base64url') };
    }),
  )
  .refine(
    (keys) =>
      keys.every(({ version }) => version <= 255) &&
      new Set(keys.map(({ version }) => version)).size === keys.length,
    'must be keys with versions up to 255, each version once',
  );

export const STOREFRONT_VARIABLES = {
  NODE_ENV: z.string().default('development'),
  STOREFRONT_HOST: z.string().default('127.0.0.1'),
  STOREFRONT_PORT: portNumber.prefault('4002'),
  STOREFRONT_URL: httpUrl.default('http://127.0.0.1:4002'),
  STOREFRONT_ISSUER: httpUrl.default('http://127.0.0.1:4000'),
  STOREFRONT_ISSUER_ORIGIN: httpUrl.optional(),
  STOREFRONT_ALGORITHM: z
    .enum(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'], {
      error: 'must be ES256, ES384, RS256, PS256 or EdDSA',
    })
    .default('ES256'),
  STOREFRONT_CLIENT_ID: z.string().default('storefront'),
  STOREFRONT_CLIENT_SECRET: z.string({ error: 'is missing' }),
  STOREFRONT_SPA_CLIENT_ID: z.string().default('storefront-spa'),
  STOREFRONT_SCOPE: z.string().default('openid profile orders:read orders:write'),
  STOREFRONT_ORDERS_URL: httpUrl.default('http://127.0.0.1:4001'),
  STOREFRONT_ORDERS_PUBLIC_URL: httpUrl.optional(),
  STOREFRONT_ORDERS_AUDIENCE: httpUrl.default('http://127.0.0.1:4001'),
  STOREFRONT_REDIS_URL: redisUrl.optional(),
  STOREFRONT_REDIS_KEY_PREFIX: z.string().default('storefront:'),
  STOREFRONT_SEALING_KEYS: sealingKeys.optional(),
  STOREFRONT_INSECURE_HTTP: flag,
  STOREFRONT_INSECURE_COOKIES: flag,
  STOREFRONT_DRAIN_MS: drainMs,
  ...observabilityVariables('STOREFRONT'),
};

/** What of these variables goes together, a sentence each. */
export function findStorefrontProblems(present: Readonly<Record<string, string | undefined>>) {
  const { STOREFRONT_REDIS_URL: redis, STOREFRONT_SEALING_KEYS: keys } = present;
  return redis !== undefined && keys === undefined
    ? ['STOREFRONT_SEALING_KEYS is missing: sessions in Redis are encrypted']
    : [];
}
