/** The shape of an upstream provider in a bootstrap file. */
import { parseScope } from '@keyward/oauth';
import { z } from 'zod';
import { UPSTREAM_AUTHENTICATION_METHODS, UPSTREAM_CLAIMS } from '../upstream/upstream.js';
import { nameSchema } from './client.schema.js';

const secret = z.strictObject({ env: z.string().min(1) });
const claimName = z.string().min(1).max(200);
const values = z.array(z.string().min(1).max(500)).default([]);

/** One upstream. What a member means for another is checked by upstream.rules.ts. */
export const upstreamSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be of lower-case letters, digits and hyphens'),
  name: nameSchema,
  issuer: z.string(),
  client_id: z.string().min(1).max(2048),
  token_endpoint_auth_method: z
    .enum(UPSTREAM_AUTHENTICATION_METHODS)
    .default('client_secret_basic'),
  client_secret: secret.optional(),
  private_key: secret.optional(),
  scope: z
    .string()
    .refine((value) => parseScope(value)?.includes('openid') === true, 'must contain openid')
    .default('openid profile email'),
  claims: z
    .strictObject({
      username: claimName.default(UPSTREAM_CLAIMS.username),
      name: claimName.default(UPSTREAM_CLAIMS.name),
      given_name: claimName.default(UPSTREAM_CLAIMS.givenName),
      family_name: claimName.default(UPSTREAM_CLAIMS.familyName),
      locale: claimName.default(UPSTREAM_CLAIMS.locale),
      email: claimName.default(UPSTREAM_CLAIMS.email),
      email_verified: claimName.default(UPSTREAM_CLAIMS.emailVerified),
    })
    .prefault({}),
  create_accounts: z.boolean().default(false),
  trust_email: z.boolean().default(false),
  trusted_mfa: z.strictObject({ acr: values, amr: values }).prefault({}),
  disabled: z.boolean().default(false),
});

/** An upstream as a file writes it, after validation. */
export type UpstreamDocument = z.infer<typeof upstreamSchema>;
