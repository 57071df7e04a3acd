/** Makes of what a client says of itself the document that the rules are asked about, within its terms. */
import {
  AUTHORIZATION_CODE_GRANT,
  InvalidClientMetadataError,
  OFFLINE_ACCESS_SCOPE,
  parseScope,
  REFRESH_TOKEN_GRANT,
} from '@keyward/oauth';
import { type ClientDocument, clientSchema } from '../bootstrap/client.schema.js';
import { type ApplicationType } from '../client/client.js';
import { isLoopbackHost } from '../client/client-uri.rules.js';
import { needsSecret } from '../client-registration/client-metadata.schema.js';
import { displayName } from './display.name.js';
import { type RegistrationMetadata } from './registration-metadata.schema.js';
import { type RegistrationTerms } from './registration.token.js';

/**
 * What goes beyond the terms is left out, as RFC 7591 section 2 allows and the answer tells; of the rest
 * nothing is taken that a stranger must not decide: no first party, no exchange, no resource of its own.
 *
 * @throws InvalidClientMetadataError where nothing is left of what it wants
 */
export function documentWithin(
  terms: RegistrationTerms,
  metadata: RegistrationMetadata,
  clientId: string,
): ClientDocument {
  const { token_endpoint_auth_method: method } = metadata;
  const grantTypes = metadata.grant_types.filter((type) => terms.grantTypes.includes(type));
  if (!grantTypes.includes(AUTHORIZATION_CODE_GRANT)) {
    throw new InvalidClientMetadataError(
      'grant_types: there must be authorization_code, and it must be allowed',
    );
  }
  return clientSchema.parse({
    client_id: clientId,
    name: displayName(metadata.client_name ?? ''),
    application_type: metadata.application_type ?? applicationTypeOf(metadata.redirect_uris),
    token_endpoint_auth_method: method,
    // As if it stood in a variable: it is made here.
    ...(needsSecret(method) && { client_secret: { env: 'MADE_HERE' } }),
    jwks: metadata.jwks,
    jwks_uri: metadata.jwks_uri,
    grant_types: grantTypes,
    scope: scopeWithin(terms, metadata.scope, grantTypes).join(' '),
    redirect_uris: metadata.redirect_uris,
    post_logout_redirect_uris: metadata.post_logout_redirect_uris,
    backchannel_logout_uri: metadata.backchannel_logout_uri,
    require_pushed_authorization_requests: metadata.require_pushed_authorization_requests,
    refresh_profile: terms.refreshProfile,
    dpop_bound_access_tokens: metadata.dpop_bound_access_tokens,
    id_token_signed_response_alg: metadata.id_token_signed_response_alg,
  });
}

function scopeWithin(
  { scopes }: RegistrationTerms,
  scope: string | undefined,
  grantTypes: readonly string[],
): readonly string[] {
  const wanted = scope === undefined ? scopes : (parseScope(scope) ?? []);
  const given = wanted.filter(
    (token) =>
      scopes.includes(token) &&
      (token !== OFFLINE_ACCESS_SCOPE || grantTypes.includes(REFRESH_TOKEN_GRANT)),
  );
  if (given.length > 0) return given;
  throw new InvalidClientMetadataError('scope: nothing of it is allowed');
}

/** Where a client does not say: what returns to the device that it runs on is native (RFC 8252 section 7). */
export function applicationTypeOf(redirectUris: readonly string[]): ApplicationType {
  const isNative = redirectUris.some((uri) => {
    if (!URL.canParse(uri)) return false;
    const { protocol, hostname } = new URL(uri);
    return protocol === 'http:' ? isLoopbackHost(hostname) : protocol !== 'https:';
  });
  return isNative ? 'native' : 'web';
}
