/** Trusts for well-known issuers: where each writes what Keyward needs, and what it leaves out. */
import { type AsymmetricAlgorithm } from '@keyward/oauth';
import { type JsonObject } from '../jws/strict-json.js';
import { claimAt, type ClaimPath } from './claim-mapping.js';
import { type RemoteKeys, type TrustRules } from './trust.options.js';

/** What a preset leaves to the caller; the rest of TrustOptions may be spread over its result. */
export interface PresetOptions {
  /** This resource server's identifier, as registered with the issuer. */
  readonly audience: string | readonly string[];
}

type RemoteTrust = TrustRules & RemoteKeys;

/** Issuers that sign with RSA unless told otherwise. */
const RSA: readonly AsymmetricAlgorithm[] = ['RS256'];

/**
 * Keyward's own authorization server: RFC 9068 to the letter, so this is what a bare trust means too.
 * @param issuer its issuer URL
 */
export function keyward(issuer: string, { audience }: PresetOptions): RemoteTrust {
  return { issuer, audience, algorithms: ['ES256'], claims: { scopes: ['scope'] } };
}

/**
 * Auth0: scope in `scope`, RBAC in `permissions`. Its default token dialect says `typ: JWT`, as its
 * ID tokens do; those carry `nonce` or `at_hash`, or else name no client, and are refused by that.
 * @param domain `tenant.eu.auth0.com`, or the custom domain
 */
export function auth0(domain: string, { audience }: PresetOptions): RemoteTrust {
  return {
    issuer: `https://${domain}/`,
    audience,
    algorithms: RSA,
    jwksUri: `https://${domain}/.well-known/jwks.json`,
    typ: ['JWT', 'at+jwt', 'application/at+jwt'],
    requiredClaims: ['sub', 'iat'],
    maxLifetimeSeconds: DAY,
    claims: { scopes: ['scope', 'permissions'], clientId: ['client_id', 'azp'] },
    validate: (claims) =>
      refuseIdToken(claims) ?? (present(claims, 'client_id') && present(claims, 'azp')),
  };
}

/**
 * Microsoft Entra ID, version 2.0 tokens: delegated permissions in `scp`, application ones in
 * `roles`.
 * @param tenantId the directory's id; `common` and the like are no issuers and are refused
 * @throws TypeError for a tenant that is not one directory
 */
export function entraId(tenantId: string, { audience }: PresetOptions): RemoteTrust {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tenantId)) {
    throw new TypeError(`${tenantId} is not the id of one Entra directory`);
  }
  const authority = `https://login.microsoftonline.com/${tenantId}`;
  return {
    issuer: `${authority}/v2.0`,
    audience,
    algorithms: RSA,
    jwksUri: `${authority}/discovery/v2.0/keys`,
    typ: ['JWT', 'at+jwt'],
    requiredClaims: ['sub', 'iat', 'ver'],
    maxLifetimeSeconds: DAY,
    claims: { scopes: ['scp'], roles: ['roles'], clientId: ['azp', 'appid'] },
    // ID tokens have neither scp nor an application's roles with azp: an access token has azp.
    validate: (claims) =>
      refuseIdToken(claims) ?? expect(claims, 'ver', '2.0') ?? present(claims, 'azp'),
  };
}

/**
 * Keycloak: scope in `scope`, realm roles in `realm_access.roles`, the roles of one client in
 * `resource_access`. Its payload says `typ: Bearer`; ID and refresh tokens say something else.
 * @param issuer `https://host/realms/realm`
 * @param resourceClientId the client whose roles count as well as the realm's
 */
export function keycloak(
  issuer: string,
  { audience, resourceClientId }: PresetOptions & { readonly resourceClientId?: string },
): RemoteTrust {
  const roles: ClaimPath[] = [['realm_access', 'roles']];
  if (resourceClientId !== undefined) roles.push(['resource_access', resourceClientId, 'roles']);
  return {
    issuer,
    audience,
    algorithms: RSA,
    jwksUri: `${issuer}/protocol/openid-connect/certs`,
    typ: ['JWT', 'at+jwt'],
    requiredClaims: ['sub', 'iat', 'jti'],
    claims: { scopes: ['scope'], roles, clientId: ['client_id', 'azp'] },
    validate: (claims) => expect(claims, 'typ', 'Bearer'),
  };
}

/**
 * Okta, a custom authorization server: scope in `scp`, groups in `groups` where the server adds
 * them. Its headers have no `typ`; ID tokens lack `cid`.
 * @param issuer `https://org.okta.com/oauth2/default`
 */
export function okta(issuer: string, { audience }: PresetOptions): RemoteTrust {
  return {
    issuer,
    audience,
    algorithms: RSA,
    jwksUri: `${issuer}/v1/keys`,
    typ: [null, 'at+jwt', 'application/okta-internal-at+jwt'],
    requiredClaims: ['sub', 'iat', 'jti', 'cid'],
    maxLifetimeSeconds: DAY,
    claims: { scopes: ['scp'], roles: ['groups'], clientId: ['cid'] },
    validate: refuseIdToken,
  };
}

/**
 * Amazon Cognito: access tokens have no `aud` unless a resource was asked for, so that the client
 * takes its place; groups in `cognito:groups`; no `typ` header; `token_use` tells tokens apart.
 * @param userPool its region and id
 * @param clientIds the app clients whose tokens are accepted
 */
export function cognito(
  userPool: { readonly region: string; readonly id: string },
  { clientIds }: { readonly clientIds: readonly string[] },
): RemoteTrust {
  const issuer = `https://cognito-idp.${userPool.region}.amazonaws.com/${userPool.id}`;
  return {
    issuer,
    audience: clientIds,
    audienceClaim: 'client_id',
    algorithms: RSA,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    typ: [null],
    requiredClaims: ['sub', 'iat', 'jti', 'token_use'],
    maxLifetimeSeconds: DAY,
    claims: { scopes: ['scope'], roles: ['cognito:groups'], clientId: ['client_id'] },
    validate: (claims) => expect(claims, 'token_use', 'access'),
  };
}

const DAY = 86_400;

/** OpenID Connect Core sections 2 and 3.3.2.11: claims that only an ID token has. */
function refuseIdToken(claims: JsonObject): string | undefined {
  const found = ['nonce', 'at_hash', 'c_hash'].find((name) => claimAt(claims, name) !== undefined);
  return found === undefined ? undefined : `an ID token: it has ${found}`;
}

function expect(claims: JsonObject, name: string, value: string): string | undefined {
  return claimAt(claims, name) === value ? undefined : `${name} is not ${value}`;
}

function present(claims: JsonObject, name: string): string | undefined {
  return claimAt(claims, name) === undefined ? `${name} is missing` : undefined;
}
