/** What administrators say of a client: its document in a bootstrap file, without the secret. */
import { type z } from 'zod';
import { clientSchema, type ClientDocument } from '../bootstrap/client.schema.js';
import { type Client } from '../client/client.js';

/** As an administrator writes it. The id is ours to choose where none is given. */
export const clientMetadataSchema = clientSchema
  .omit({ client_secret: true })
  .partial({ client_id: true });

export type ClientMetadata = z.infer<typeof clientMetadataSchema>;

/** The methods that need a secret, which this server makes. */
export function needsSecret(method: Client['authenticationMethod']): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post';
}

/** The document that the rules are asked about: as if its secret stood in a variable. */
export function documentOf(metadata: ClientMetadata, clientId: string): ClientDocument {
  const secret = needsSecret(metadata.token_endpoint_auth_method);
  return {
    ...metadata,
    client_id: clientId,
    ...(secret && { client_secret: { env: 'MADE_HERE' } }),
  };
}

/** The same members, of a client as it is: what is read can be written again. */
export function metadataOf(client: Client): ClientMetadata {
  return {
    client_id: client.clientId,
    name: client.name,
    logo_uri: client.logoUri ?? undefined,
    application_type: client.applicationType,
    token_endpoint_auth_method: client.authenticationMethod,
    jwks: (client.jwks as ClientMetadata['jwks'] | null) ?? undefined,
    jwks_uri: client.jwksUri ?? undefined,
    grant_types: client.grantTypes as ClientMetadata['grant_types'],
    scope: client.scopes.join(' '),
    own_resource: client.ownResource ?? undefined,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    backchannel_logout_uri: client.backchannelLogoutUri ?? undefined,
    allowed_cors_origins: [...client.corsOrigins],
    require_pushed_authorization_requests: client.requirePushedRequests,
    first_party: client.firstParty,
    refresh_profile: client.refreshProfile,
    required_acr: client.requiredAcr ?? undefined,
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
    tls_client_certificate_bound_access_tokens: client.tlsBoundAccessTokens,
    tls_client_auth: client.tlsSubject ?? undefined,
    token_exchange:
      client.exchange === null
        ? undefined
        : { ...client.exchange, resources: [...client.exchange.resources] },
    authorization_details_types: [...client.authorizationDetailsTypes],
    id_token_signed_response_alg: (client.idTokenSigningAlgorithm ??
      undefined) as ClientMetadata['id_token_signed_response_alg'],
    introspection_signed_response_alg: (client.introspectionSigningAlgorithm ??
      undefined) as ClientMetadata['introspection_signed_response_alg'],
    id_token_encryption: client.idTokenEncryption ?? undefined,
    upstreams: [...client.upstreams],
    password_sign_in: client.passwordSignIn,
  };
}
