/** What a resource may be, beside the file: where an administrator registers it. */
import { OPENID_SCOPES, REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { type ResourceDocument } from './bootstrap.schema.js';
import { findResourceEncryptionProblems } from './encryption.rules.js';

/** Every rule that a resource breaks, a sentence each. */
export function findResourceProblems(resource: ResourceDocument, production: boolean): string[] {
  const { scopes } = resource;
  return [
    ...findResourceEncryptionProblems(resource, production),
    ...scopes
      .filter((token, index) => scopes.indexOf(token) !== index)
      .map((token) => `scopes: ${token} stands in it twice`),
    // They are about the person, at userinfo: a resource that had one would be a target of it too.
    ...scopes
      .filter((token) => OPENID_SCOPES.some((known) => known === token))
      .map((token) => `scopes: ${token} is OpenID Connect's`),
    ...(scopes.includes(REVOCATIONS_READ_SCOPE)
      ? [`scopes: ${REVOCATIONS_READ_SCOPE} is the issuer's`]
      : []),
  ];
}
