/** The shape of a client in a bootstrap file: the members of RFC 7591 section 2 and a few of our own. */
import {
  AUTHORIZATION_CODE_GRANT,
  CLIENT_AUTHENTICATION_METHODS,
  CLIENT_CREDENTIALS_GRANT,
  CONTENT_ENCRYPTION_ALGORITHMS,
  DEVICE_CODE_GRANT,
  JWT_BEARER_GRANT,
  KEY_MANAGEMENT_ALGORITHMS,
  parseScope,
  REFRESH_TOKEN_GRANT,
  TOKEN_EXCHANGE_GRANT,
} from '@keyward/oauth';
import { z } from 'zod';
import { ACRS } from '../authentication/acr.js';
import { APPLICATION_TYPES, REFRESH_PROFILES, TLS_SUBJECT_KINDS } from '../client/client.js';
import { SIGNING_ALGORITHMS } from '../config/environment.schema.js';

/** What this server signs by; never `none`. */
export const signingAlgorithmSchema = z.enum(SIGNING_ALGORITHMS);

/** A name that a person reads. */
export const nameSchema = z.string().min(1).max(200);

/** A resource identifier (RFC 8707 section 2). */
export const identifierSchema = z
  .string()
  .refine(
    (value) => URL.canParse(value) && !value.includes('#'),
    'must be an absolute URI without fragment',
  );

const uris = z
  .array(z.string())
  .refine((list) => new Set(list).size === list.length, 'must not name a URI twice')
  .default([]);

/** The algorithms of a JWE. */
export const jweAlgorithms = {
  alg: z.enum(KEY_MANAGEMENT_ALGORITHMS),
  enc: z.enum(CONTENT_ENCRYPTION_ALGORITHMS).default('A256GCM'),
};

/** One client. What a member means for another is checked by client.rules.ts. */
export const clientSchema = z.strictObject({
  client_id: z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters'),
  name: nameSchema,
  logo_uri: z.string().optional(),
  application_type: z.enum(APPLICATION_TYPES).default('web'),
  token_endpoint_auth_method: z.enum(CLIENT_AUTHENTICATION_METHODS),
  client_secret: z.strictObject({ env: z.string().min(1) }).optional(),
  jwks: z.strictObject({ keys: z.array(z.looseObject({})).min(1) }).optional(),
  jwks_uri: z.string().optional(),
  grant_types: z.array(
    z.enum([
      CLIENT_CREDENTIALS_GRANT,
      AUTHORIZATION_CODE_GRANT,
      REFRESH_TOKEN_GRANT,
      TOKEN_EXCHANGE_GRANT,
      JWT_BEARER_GRANT,
      DEVICE_CODE_GRANT,
    ]),
  ),
  scope: z
    .string()
    .refine((value) => value === '' || parseScope(value) !== null, 'must be a scope value'),
  own_resource: identifierSchema.optional(),
  redirect_uris: uris,
  post_logout_redirect_uris: uris,
  backchannel_logout_uri: z.string().optional(),
  allowed_cors_origins: uris,
  require_pushed_authorization_requests: z.boolean().default(false),
  first_party: z.boolean().default(false),
  refresh_profile: z.enum(REFRESH_PROFILES).optional(),
  required_acr: z.enum(ACRS).optional(),
  dpop_bound_access_tokens: z.boolean().default(false),
  tls_client_certificate_bound_access_tokens: z.boolean().default(false),
  tls_client_auth: z
    .strictObject({ kind: z.enum(TLS_SUBJECT_KINDS), value: z.string() })
    .optional(),
  token_exchange: z
    .strictObject({
      resources: z.array(identifierSchema).min(1),
      impersonation: z.boolean().default(false),
    })
    .optional(),
  authorization_details_types: z.array(z.string().min(1)).default([]),
  id_token_signed_response_alg: signingAlgorithmSchema.optional(),
  introspection_signed_response_alg: signingAlgorithmSchema.optional(),
  id_token_encryption: z.strictObject(jweAlgorithms).optional(),
  upstreams: z.array(z.string().min(1)).default([]),
  password_sign_in: z.boolean().default(true),
});

/** A client as a file writes it, after validation. */
export type ClientDocument = z.infer<typeof clientSchema>;
