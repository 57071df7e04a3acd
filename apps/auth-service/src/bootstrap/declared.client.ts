/** Makes a client of its document, once every rule was asked. */
import { hash } from 'node:crypto';
import { parseScope } from '@keyward/oauth';
import { type JSONWebKeySet } from 'jose';
import { type RefreshProfile } from '../client/client.js';
import { type DeclaredClient } from './bootstrap.store.js';
import { type ClientDocument } from './client.schema.js';

/**
 * The client of a document that broke no rule.
 * @param secret null for a method that has none
 */
export function declareClient(client: ClientDocument, secret: string | null): DeclaredClient {
  return {
    clientId: client.client_id,
    name: client.name,
    logoUri: client.logo_uri ?? null,
    applicationType: client.application_type,
    authenticationMethod: client.token_endpoint_auth_method,
    secretSha256: secret === null ? null : hash('sha256', secret, 'buffer'),
    // client.rules.ts imported every key of it.
    jwks: (client.jwks as JSONWebKeySet | undefined) ?? null,
    jwksUri: client.jwks_uri ?? null,
    grantTypes: client.grant_types,
    scopes: parseScope(client.scope) ?? [],
    redirectUris: client.redirect_uris,
    postLogoutRedirectUris: client.post_logout_redirect_uris,
    backchannelLogoutUri: client.backchannel_logout_uri ?? null,
    corsOrigins: client.allowed_cors_origins,
    requirePushedRequests: client.require_pushed_authorization_requests,
    firstParty: client.first_party,
    refreshProfile: client.refresh_profile ?? refreshProfileOf(client),
    requiredAcr: client.required_acr ?? null,
    ownResource: client.own_resource ?? null,
    dpopBoundAccessTokens: client.dpop_bound_access_tokens,
    tlsBoundAccessTokens: client.tls_client_certificate_bound_access_tokens,
    tlsSubject: client.tls_client_auth ?? null,
    exchange: client.token_exchange ?? null,
    authorizationDetailsTypes: client.authorization_details_types,
    idTokenSigningAlgorithm: client.id_token_signed_response_alg ?? null,
    introspectionSigningAlgorithm: client.introspection_signed_response_alg ?? null,
    idTokenEncryption: client.id_token_encryption ?? null,
    upstreams: client.upstreams,
    passwordSignIn: client.password_sign_in,
  };
}

/** Where the file does not say: by how well the client can keep a token to itself. */
function refreshProfileOf(client: ClientDocument): RefreshProfile {
  if (client.token_endpoint_auth_method !== 'none') return 'confidential';
  return client.application_type === 'native' ? 'native' : 'spa';
}
