/** What the members that ask for encryption mean, of a resource and of a client. */
import { AUTHORIZATION_CODE_GRANT, DEVICE_CODE_GRANT } from '@keyward/oauth';
import { findServerUriProblem } from '../client/client-uri.rules.js';
import { selectRecipientKey, UnusableRecipientKeyError } from '../issuance/recipient.key.js';
import { type ResourceDocument } from './bootstrap.schema.js';
import { type ClientDocument } from './client.schema.js';

/** Every rule that the encryption of a resource's access tokens breaks, a sentence each. */
export function findResourceEncryptionProblems(
  { access_token_encryption: encryption }: ResourceDocument,
  production: boolean,
): string[] {
  if (encryption === undefined) return [];
  const { alg, jwks, jwks_uri } = encryption;
  if ((jwks === undefined) === (jwks_uri === undefined)) {
    return ['access_token_encryption needs either jwks or jwks_uri'];
  }
  const problem =
    jwks_uri === undefined
      ? findKeyProblem(jwks?.keys ?? [], alg)
      : findServerUriProblem(jwks_uri, production);
  return problem === null ? [] : [`access_token_encryption: ${problem}`];
}

/** The same for the encryption of a client's ID tokens, whose keys stand beside it. */
export function findIdTokenEncryptionProblems(client: ClientDocument): string[] {
  const { id_token_encryption: encryption, jwks, jwks_uri } = client;
  if (encryption === undefined) return [];
  const problems: string[] = [];
  const { grant_types: types } = client;
  if (!types.includes(AUTHORIZATION_CODE_GRANT) && !types.includes(DEVICE_CODE_GRANT)) {
    problems.push('id_token_encryption needs the grant type authorization_code or device_code');
  }
  if ((jwks === undefined) === (jwks_uri === undefined)) {
    problems.push('id_token_encryption needs either jwks or jwks_uri');
  }
  const problem = jwks === undefined ? null : findKeyProblem(jwks.keys, encryption.alg);
  return problem === null ? problems : [...problems, `jwks: ${problem}`];
}

function findKeyProblem(
  keys: readonly unknown[],
  alg: Parameters<typeof selectRecipientKey>[1],
): string | null {
  try {
    selectRecipientKey(keys, alg);
    return null;
  } catch (error) {
    if (error instanceof UnusableRecipientKeyError) return error.message;
    throw error;
  }
}
