/** What a client says of itself when it registers (RFC 7591 section 2). */
import { parseScope } from '@keyward/oauth';
import { z } from 'zod';
import { signingAlgorithmSchema } from '../bootstrap/client.schema.js';
import { APPLICATION_TYPES } from '../client/client.js';

/** The ways in which a client that registered itself may authenticate. */
export const REGISTRABLE_METHODS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;

const MAX_URIS = 20;
const MAX_TEXT = 500;

const text = z.string().max(MAX_TEXT);
const uris = z.array(z.string()).max(MAX_URIS);

/**
 * Members that are not known are left out, as the RFC wants it; `null` stands for a member that is not
 * there, as some clients write it.
 */
export const registrationMetadataSchema = z.object({
  client_name: text.optional(),
  redirect_uris: uris.min(1),
  token_endpoint_auth_method: z.enum(REGISTRABLE_METHODS).default('client_secret_basic'),
  grant_types: z.array(text).max(MAX_URIS).default(['authorization_code']),
  response_types: z.array(z.literal('code')).default(['code']),
  application_type: z.enum(APPLICATION_TYPES).optional(),
  scope: z
    .string()
    .max(4000)
    .refine((value) => parseScope(value) !== null, 'must be a scope value')
    .optional(),
  jwks: z.strictObject({ keys: z.array(z.looseObject({})).min(1).max(MAX_URIS) }).optional(),
  jwks_uri: text.optional(),
  client_uri: text.optional(),
  logo_uri: text.optional(),
  tos_uri: text.optional(),
  policy_uri: text.optional(),
  contacts: z.array(text).max(MAX_URIS).optional(),
  software_id: text.optional(),
  software_version: text.optional(),
  software_statement: z.unknown().optional(),
  post_logout_redirect_uris: uris.optional(),
  backchannel_logout_uri: text.optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  id_token_signed_response_alg: signingAlgorithmSchema.optional(),
});

export type RegistrationMetadata = z.infer<typeof registrationMetadataSchema>;

/** Members that are kept and given back, and mean nothing to this server. */
export const INFORMATION_MEMBERS = [
  'client_uri',
  'tos_uri',
  'policy_uri',
  'contacts',
  'software_id',
  'software_version',
] as const;
