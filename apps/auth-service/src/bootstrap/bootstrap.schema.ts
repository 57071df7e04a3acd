/** The shape of a bootstrap file, field by field. */
import { CLIENT_CREDENTIALS_GRANT, isScopeToken, parseScope } from '@keyward/oauth';
import { z } from 'zod';

const name = z.string().min(1).max(200);

const identifier = z
  .string()
  .refine(
    (value) => URL.canParse(value) && !value.includes('#'),
    'must be an absolute URI without fragment',
  );

const scopeToken = z.string().refine(isScopeToken, 'must be a scope token');

const resource = z.strictObject({ identifier, name, scopes: z.array(scopeToken).min(1) });

const client = z.strictObject({
  client_id: z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters'),
  name,
  token_endpoint_auth_method: z.enum(['client_secret_basic', 'client_secret_post']),
  grant_types: z.array(z.enum([CLIENT_CREDENTIALS_GRANT])),
  scope: z
    .string()
    .refine((value) => value === '' || parseScope(value) !== null, 'must be a scope value'),
  own_resource: identifier.optional(),
  client_secret: z.strictObject({ env: z.string().min(1) }),
});

/** A bootstrap file after substitution. Unknown members are refused: they are usually typos. */
export const bootstrapSchema = z.strictObject({
  resources: z.array(resource),
  clients: z.array(client),
});

/** A file that has the right shape, its references not yet followed. */
export type BootstrapDocument = z.infer<typeof bootstrapSchema>;
