/** Where an authorization server says what it is, and what it says (RFC 8414). */

/** Well-known URI suffix of authorization server metadata (RFC 8414 section 3). */
export const AUTHORIZATION_SERVER_WELL_KNOWN = 'oauth-authorization-server';

/** Well-known URI suffix of OpenID Connect discovery (OpenID Connect Discovery 1.0 section 4). */
export const OPENID_CONFIGURATION_WELL_KNOWN = 'openid-configuration';

/** Authorization server metadata, as far as Keyward writes or reads it (RFC 8414 section 2). */
export interface AuthorizationServerMetadata {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly introspection_endpoint?: string;
  readonly revocation_endpoint?: string;
  /** @see RFC 7591 section 3 */
  readonly registration_endpoint?: string;
  /** @see draft-ietf-oauth-client-id-metadata-document section 5 */
  readonly client_id_metadata_document_supported?: boolean;
  readonly scopes_supported?: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly grant_types_supported?: readonly string[];
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly introspection_endpoint_auth_methods_supported?: readonly string[];
  readonly revocation_endpoint_auth_methods_supported?: readonly string[];
  /** @see RFC 9396 section 10 */
  readonly authorization_details_types_supported?: readonly string[];
  readonly service_documentation?: string;
  readonly authorization_endpoint?: string;
  readonly pushed_authorization_request_endpoint?: string;
  /** @see RFC 8628 section 4 */
  readonly device_authorization_endpoint?: string;
  readonly response_modes_supported?: readonly string[];
  readonly code_challenge_methods_supported?: readonly string[];
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[];
  readonly introspection_endpoint_auth_signing_alg_values_supported?: readonly string[];
  /** @see RFC 9701 section 7 */
  readonly introspection_signing_alg_values_supported?: readonly string[];
  readonly revocation_endpoint_auth_signing_alg_values_supported?: readonly string[];
  /** @see RFC 9449 section 5.1 */
  readonly dpop_signing_alg_values_supported?: readonly string[];
  /** @see RFC 8705 section 3.3 */
  readonly tls_client_certificate_bound_access_tokens?: boolean;
  /**
   * Endpoints by the names of their members, where clients are asked for a certificate.
   * @see RFC 8705 section 5
   */
  readonly mtls_endpoint_aliases?: Readonly<Record<string, string>>;
}

/**
 * What an OpenID provider says beyond {@link AuthorizationServerMetadata}.
 * @see OpenID Connect Discovery 1.0 section 3, RP-Initiated Logout 1.0 section 2.1,
 *   Back-Channel Logout 1.0 section 2.1
 */
export interface OpenIdProviderMetadata extends AuthorizationServerMetadata {
  readonly userinfo_endpoint: string;
  readonly end_session_endpoint: string;
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
  readonly id_token_encryption_alg_values_supported?: readonly string[];
  readonly id_token_encryption_enc_values_supported?: readonly string[];
  readonly claims_supported: readonly string[];
  readonly acr_values_supported: readonly string[];
  readonly prompt_values_supported: readonly string[];
  readonly claims_parameter_supported: boolean;
  readonly request_parameter_supported: boolean;
  readonly request_uri_parameter_supported: boolean;
  readonly backchannel_logout_supported: boolean;
  readonly backchannel_logout_session_supported: boolean;
}

/**
 * The metadata URL of an issuer: the well-known part stands between host and path.
 *
 * @param issuer an absolute http(s) URL without query and fragment
 * @throws TypeError for an issuer that RFC 8414 does not allow
 * @see RFC 8414 section 3.1
 */
export function authorizationServerMetadataUri(issuer: string): string {
  const url = parseIssuer(issuer);
  const path = url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '');
  return `${url.origin}/.well-known/${AUTHORIZATION_SERVER_WELL_KNOWN}${path}`;
}

/**
 * The OpenID Connect discovery URL of an issuer: appended to its path.
 *
 * @param issuer an absolute http(s) URL without query and fragment
 * @throws TypeError for an issuer that the specification does not allow
 * @see OpenID Connect Discovery 1.0 section 4.1
 */
export function openidConfigurationUri(issuer: string): string {
  parseIssuer(issuer);
  return `${issuer.replace(/\/$/, '')}/.well-known/${OPENID_CONFIGURATION_WELL_KNOWN}`;
}

function parseIssuer(issuer: string): URL {
  const url = new URL(issuer);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError(`issuer must be an https URL: ${issuer}`);
  }
  if (url.search !== '' || url.hash !== '' || issuer.includes('?') || issuer.includes('#')) {
    throw new TypeError(`issuer must have no query and no fragment: ${issuer}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('issuer must not contain credentials');
  }
  return url;
}
