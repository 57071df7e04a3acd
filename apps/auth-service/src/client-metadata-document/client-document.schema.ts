/** What a client says of itself in a document that it publishes. */
import { z } from 'zod';
import { registrationMetadataSchema } from '../dynamic-registration/registration-metadata.schema.js';

/** Members that a document must not have, since everybody can read it. */
const SECRETS = ['client_secret', 'client_secret_expires_at'];

/**
 * As a registration, but that it names itself and has no secret. The name is needed for the page that
 * asks a person; without a word on authentication the client is public, since no secret could be meant.
 *
 * @see draft-ietf-oauth-client-id-metadata-document-01 section 4.1
 */
export const clientDocumentSchema = registrationMetadataSchema
  .omit({ application_type: true, software_statement: true, backchannel_logout_uri: true })
  .extend({
    client_id: z.string(),
    client_name: z.string().min(1).max(500),
    token_endpoint_auth_method: z.enum(['none', 'private_key_jwt']).default('none'),
  });

export type PublishedMetadata = z.infer<typeof clientDocumentSchema>;

/** A sentence for each member that gives a secret away. */
export function findSecretProblems(sent: Readonly<Record<string, unknown>>): string[] {
  return SECRETS.filter((name) => name in sent).map((name) => `${name}: must not be published`);
}
