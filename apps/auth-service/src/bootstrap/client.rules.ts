/** What the members of a declared client mean for each other. */
import {
  AUTHORIZATION_CODE_GRANT,
  CERTIFICATE_METHODS,
  CLIENT_CREDENTIALS_GRANT,
  DEVICE_CODE_GRANT,
  OFFLINE_ACCESS_SCOPE,
  parseScope,
  REFRESH_TOKEN_GRANT,
} from '@keyward/oauth';
import { findJwksProblem } from '../client/client-jwks.rules.js';
import {
  findOriginProblem,
  findRedirectUriProblem,
  findServerUriProblem,
} from '../client/client-uri.rules.js';
import { findCertificateSetProblem } from '../client-certificate/certificate.set.js';
import { findTlsSubjectProblem } from '../client-certificate/tls-subject.js';
import { type ClientDocument } from './client.schema.js';
import { findDerivationProblems } from './derivation.rules.js';
import { findIdTokenEncryptionProblems } from './encryption.rules.js';

/** What the deployment means for its clients. */
export interface DeploymentRules {
  readonly production: boolean;
  /** Whether certificates of clients arrive at all. */
  readonly mutualTls: boolean;
}

/** Every rule that a client breaks, a sentence each that begins with the member. */
export function findClientProblems(
  client: ClientDocument,
  { production, mutualTls }: DeploymentRules,
): string[] {
  return [
    ...findAuthenticationProblems(client, production),
    ...findCertificateProblems(client, mutualTls),
    ...findBindingProblems(client),
    ...findGrantProblems(client),
    ...findDerivationProblems(client),
    ...findUriProblems(client, production),
    ...findIdTokenEncryptionProblems(client),
  ];
}

/** Exactly what the method needs, and nothing that another one could fall back to. */
function findAuthenticationProblems(client: ClientDocument, production: boolean): string[] {
  const { token_endpoint_auth_method: method, client_secret, jwks, jwks_uri } = client;
  const problems: string[] = [];
  const needsSecret = method === 'client_secret_basic' || method === 'client_secret_post';
  if (needsSecret !== (client_secret !== undefined)) {
    problems.push(`client_secret ${needsSecret ? 'is missing' : `is not for ${method}`}`);
  }
  const keySources = [jwks, jwks_uri].filter((source) => source !== undefined).length;
  const needsKeys = method === 'private_key_jwt' || method === 'self_signed_tls_client_auth';
  if (needsKeys && keySources !== 1) {
    problems.push(`${method} needs either jwks or jwks_uri`);
  }
  const hasUseForKeys = needsKeys || client.id_token_encryption !== undefined;
  if (!hasUseForKeys && keySources > 0) {
    problems.push(`jwks and jwks_uri are not for ${method}`);
  }
  if (jwks !== undefined && (needsKeys || !hasUseForKeys)) {
    const isOfCertificates = method === 'self_signed_tls_client_auth';
    const problem = isOfCertificates ? findCertificateSetProblem(jwks) : findJwksProblem(jwks);
    if (problem !== null) problems.push(`jwks: ${problem}`);
  }
  if (jwks_uri !== undefined) {
    const problem = findServerUriProblem(jwks_uri, production);
    if (problem !== null) problems.push(`jwks_uri ${problem}`);
  }
  return problems;
}

/**
 * A resource server is asked for one kind of proof a token: one that is bound both ways would be
 * refused wherever only one of them arrives.
 */
function findBindingProblems({
  dpop_bound_access_tokens: dpop,
  tls_client_certificate_bound_access_tokens: certificate,
}: ClientDocument): string[] {
  return dpop && certificate
    ? [
        'dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens exclude each other: ' +
          'a token is bound to one key',
      ]
    : [];
}

/** @see RFC 8705 section 2.1.2: exactly one name, and for this method alone */
function findCertificateProblems(client: ClientDocument, mutualTls: boolean): string[] {
  const { token_endpoint_auth_method: method, tls_client_auth: subject } = client;
  const needsCertificate =
    CERTIFICATE_METHODS.includes(method) || client.tls_client_certificate_bound_access_tokens;
  if (needsCertificate && !mutualTls) {
    return ['a client certificate needs AUTH_MTLS_PORT or AUTH_CLIENT_CERTIFICATE_HEADER'];
  }
  if ((method === 'tls_client_auth') !== (subject !== undefined)) {
    return [`tls_client_auth ${subject === undefined ? 'is missing' : `is not for ${method}`}`];
  }
  const problem = subject === undefined ? null : findTlsSubjectProblem(subject);
  return problem === null ? [] : [`tls_client_auth: ${problem}`];
}

function findGrantProblems(client: ClientDocument): string[] {
  const { token_endpoint_auth_method: method, grant_types, redirect_uris } = client;
  const has = (grantType: (typeof grant_types)[number]) => grant_types.includes(grantType);
  const isSignedInFor = has(AUTHORIZATION_CODE_GRANT) || has(DEVICE_CODE_GRANT);
  const problems: string[] = [];
  // RFC 6749 section 4.4: whoever knows the client_id would be given its tokens.
  if (method === 'none' && has(CLIENT_CREDENTIALS_GRANT)) {
    problems.push('grant_types: a public client cannot have client_credentials');
  }
  if (method === 'none' && client.own_resource !== undefined) {
    problems.push('own_resource is not for a public client: it cannot introspect');
  }
  if (has(AUTHORIZATION_CODE_GRANT) !== redirect_uris.length > 0) {
    problems.push('redirect_uris are for authorization_code, which needs at least one');
  }
  if (client.required_acr !== undefined && !isSignedInFor) {
    problems.push('required_acr: nobody signs in without authorization_code or device_code');
  }
  if (has(REFRESH_TOKEN_GRANT) && !isSignedInFor) {
    problems.push('grant_types: refresh_token needs authorization_code or device_code');
  }
  if (
    client.authorization_details_types.length > 0 &&
    !isSignedInFor &&
    !has(CLIENT_CREDENTIALS_GRANT)
  ) {
    problems.push(
      'authorization_details_types need authorization_code, device_code or client_credentials',
    );
  }
  if (parseScope(client.scope)?.includes(OFFLINE_ACCESS_SCOPE) && !has(REFRESH_TOKEN_GRANT)) {
    problems.push(`scope: ${OFFLINE_ACCESS_SCOPE} needs the grant type refresh_token`);
  }
  return problems;
}

function findUriProblems(client: ClientDocument, production: boolean): string[] {
  const context = { applicationType: client.application_type, production };
  const redirect = (uri: string) => findRedirectUriProblem(uri, context);
  const server = (uri: string) => findServerUriProblem(uri, production);
  const origin = (uri: string) => findOriginProblem(uri, production);
  const optional = (uri: string | undefined) => (uri === undefined ? [] : [uri]);
  const checks = [
    ['redirect_uris', client.redirect_uris, redirect],
    ['post_logout_redirect_uris', client.post_logout_redirect_uris, redirect],
    ['backchannel_logout_uri', optional(client.backchannel_logout_uri), server],
    ['logo_uri', optional(client.logo_uri), server],
    ['allowed_cors_origins', client.allowed_cors_origins, origin],
  ] as const;
  return checks.flatMap(([member, uris, find]) =>
    uris.flatMap((uri) => {
      const problem = find(uri);
      return problem === null ? [] : [`${member}: ${JSON.stringify(uri)} ${problem}`];
    }),
  );
}
