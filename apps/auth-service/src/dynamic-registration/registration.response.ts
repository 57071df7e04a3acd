/** What a client is told of its registration (RFC 7591 section 3.2.1, RFC 7592 section 3). */
import { type Client } from '../client/client.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { type RegistrationResult } from './dynamic.registrar.js';

/** Every member as it is registered, which need not be as it was asked for. */
export function describeRegistration(
  issuer: string,
  { client, createdAt, information, accessToken, secret }: RegistrationResult,
): Readonly<Record<string, unknown>> {
  const { clientId } = client;
  return {
    client_id: clientId,
    client_id_issued_at: Math.floor(createdAt.getTime() / 1000),
    // Zero: it does not expire.
    ...(secret !== null && { client_secret: secret, client_secret_expires_at: 0 }),
    registration_access_token: accessToken,
    registration_client_uri: `${issuer}${ENDPOINT_PATHS.registration}/${clientId}`,
    ...registeredMembers(client),
    ...information,
  };
}

function registeredMembers(client: Client): Readonly<Record<string, unknown>> {
  const { postLogoutRedirectUris: signedOutUris } = client;
  return {
    client_name: client.name,
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: client.authenticationMethod,
    grant_types: client.grantTypes,
    response_types: ['code'],
    application_type: client.applicationType,
    scope: client.scopes.join(' '),
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
    require_pushed_authorization_requests: client.requirePushedRequests,
    ...(client.jwks !== null && { jwks: client.jwks }),
    ...(client.jwksUri !== null && { jwks_uri: client.jwksUri }),
    ...(signedOutUris.length > 0 && { post_logout_redirect_uris: signedOutUris }),
    ...(client.backchannelLogoutUri !== null && {
      backchannel_logout_uri: client.backchannelLogoutUri,
    }),
    ...(client.idTokenSigningAlgorithm !== null && {
      id_token_signed_response_alg: client.idTokenSigningAlgorithm,
    }),
  };
}
