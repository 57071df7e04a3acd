/** What this server says of itself, each value from the code that makes it true. */
import { DPOP_ALGORITHMS } from '@keyward/auth';
import {
  CERTIFICATE_METHODS,
  CLIENT_AUTHENTICATION_METHODS,
  CONTENT_ENCRYPTION_ALGORITHMS,
  KEY_MANAGEMENT_ALGORITHMS,
  OPENID_SCOPES,
  type OpenIdProviderMetadata,
} from '@keyward/oauth';
import { CODE_CHALLENGE_METHOD } from '../authorization/checks/pkce.check.js';
import { PROMPTS } from '../authorization/checks/prompt.check.js';
import { RESPONSE_MODES } from '../authorization/checks/response-mode.check.js';
import { CODE_RESPONSE_TYPE } from '../authorization/checks/response-type.check.js';
import { ASSERTION_ALGORITHMS } from '../client/assertion.algorithms.js';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../config/environment.schema.js';
import { type RegistrationConfig } from '../config/registration.config.js';
import { acceptsClientCertificates, type TlsConfig } from '../config/tls.config.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { ID_TOKEN_CLAIM_NAMES } from '../issuance/id-token.issuer.js';
import { ACRS } from '../authentication/acr.js';
import { SCOPE_CLAIM_NAMES } from '../userinfo/scope.claims.js';

/** What depends on the configuration. */
export interface ProviderConfiguration {
  readonly issuer: string;
  readonly signingAlgorithm: SigningAlgorithm;
  readonly grantTypes: readonly string[];
  readonly tls: TlsConfig;
  readonly authorizationDetailsTypes: readonly string[];
  readonly registration: Pick<RegistrationConfig, 'documentHosts' | 'dynamic'>;
}

/** The endpoints that a client calls itself, which are all that a certificate is asked for at. */
const CLIENT_ENDPOINTS = {
  token_endpoint: ENDPOINT_PATHS.token,
  pushed_authorization_request_endpoint: ENDPOINT_PATHS.pushedAuthorization,
  device_authorization_endpoint: ENDPOINT_PATHS.deviceAuthorization,
  introspection_endpoint: ENDPOINT_PATHS.introspection,
  revocation_endpoint: ENDPOINT_PATHS.revocation,
  userinfo_endpoint: ENDPOINT_PATHS.userinfo,
} as const;

/**
 * The one document, which both well-known places show.
 * @see RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3
 */
export function describeProvider({
  issuer,
  signingAlgorithm,
  grantTypes,
  tls,
  authorizationDetailsTypes,
  registration,
}: ProviderConfiguration): OpenIdProviderMetadata {
  // Any of them may be registered; the first is what is used where none is.
  const algorithms = [...new Set([signingAlgorithm, ...SIGNING_ALGORITHMS])];
  const at = (path: string) => `${issuer}${path}`;
  const methods = CLIENT_AUTHENTICATION_METHODS.filter(
    (method) => acceptsClientCertificates(tls) || !CERTIFICATE_METHODS.includes(method),
  );
  return {
    issuer,
    authorization_endpoint: at(ENDPOINT_PATHS.authorization),
    pushed_authorization_request_endpoint: at(ENDPOINT_PATHS.pushedAuthorization),
    device_authorization_endpoint: at(ENDPOINT_PATHS.deviceAuthorization),
    token_endpoint: at(ENDPOINT_PATHS.token),
    userinfo_endpoint: at(ENDPOINT_PATHS.userinfo),
    end_session_endpoint: at(ENDPOINT_PATHS.endSession),
    introspection_endpoint: at(ENDPOINT_PATHS.introspection),
    revocation_endpoint: at(ENDPOINT_PATHS.revocation),
    jwks_uri: at(ENDPOINT_PATHS.jwks),
    ...(registration.dynamic !== 'off' && {
      registration_endpoint: at(ENDPOINT_PATHS.registration),
    }),
    ...(registration.documentHosts.length > 0 && { client_id_metadata_document_supported: true }),
    scopes_supported: OPENID_SCOPES,
    ...(authorizationDetailsTypes.length > 0 && {
      authorization_details_types_supported: authorizationDetailsTypes,
    }),
    response_types_supported: [CODE_RESPONSE_TYPE],
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: grantTypes,
    code_challenge_methods_supported: [CODE_CHALLENGE_METHOD],
    authorization_response_iss_parameter_supported: true,
    prompt_values_supported: PROMPTS,
    acr_values_supported: ACRS,
    // `sub` is the account's id, whichever client asks.
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithms,
    id_token_encryption_alg_values_supported: KEY_MANAGEMENT_ALGORITHMS,
    id_token_encryption_enc_values_supported: CONTENT_ENCRYPTION_ALGORITHMS,
    claims_supported: [...ID_TOKEN_CLAIM_NAMES, ...SCOPE_CLAIM_NAMES],
    claims_parameter_supported: false,
    request_parameter_supported: false,
    // Left out it would mean true; a request_uri of PAR is none of these.
    request_uri_parameter_supported: false,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    // Introspection is not for public clients (RFC 7662 section 2.1).
    introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    introspection_signing_alg_values_supported: algorithms,
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
    ...(acceptsClientCertificates(tls) && { tls_client_certificate_bound_access_tokens: true }),
    ...(tls.mutualIssuerUrl !== null && {
      mtls_endpoint_aliases: aliasesBelow(tls.mutualIssuerUrl),
    }),
  };
}

/** @see RFC 8705 section 5 */
function aliasesBelow(url: string): Readonly<Record<string, string>> {
  const entries = Object.entries(CLIENT_ENDPOINTS);
  return Object.fromEntries(entries.map(([name, path]) => [name, `${url}${path}`]));
}
