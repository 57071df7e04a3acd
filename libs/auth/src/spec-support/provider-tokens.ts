/** Tokens of well-known providers, as their documentation shows them, with the names changed. */
import { auth0, cognito, entraId, keycloak, keyward, okta } from '../trust/presets.js';
import { type RemoteKeys, type TrustRules } from '../trust/trust.options.js';
import { CLAIMS, ISSUER } from './access-token.fixture.js';
import {
  API,
  AUTH0_CLAIMS,
  AUTH0_ID,
  COGNITO_CLAIMS,
  ENTRA_CLAIMS,
  KEYCLOAK_CLAIMS,
  OKTA_CLAIMS,
  REALM,
  TENANT,
} from './provider-claims.js';
import { without } from './without.js';

interface ProviderToken {
  readonly title: string;
  /** The `typ` header; undefined where the provider sends none. */
  readonly typ: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A provider's preset and what it has to make of the provider's tokens. */
export interface ProviderCase {
  readonly name: string;
  readonly preset: TrustRules & RemoteKeys;
  readonly accessTokens: readonly (ProviderToken & { readonly principal: object })[];
  readonly otherTokens: readonly (ProviderToken & { readonly outcome: string })[];
}

const RFC9068 = { scopes: ['orders:read'], clientId: 'shop', subject: 'alice' };

export const PROVIDERS: readonly ProviderCase[] = [
  {
    name: 'Keyward',
    preset: keyward(ISSUER, { audience: API }),
    accessTokens: [
      { title: 'its access token', typ: 'at+jwt', claims: CLAIMS, principal: RFC9068 },
    ],
    otherTokens: [
      { title: 'its ID token', typ: 'JWT', claims: CLAIMS, outcome: 'canonical: typ_not_allowed' },
      {
        title: 'its logout token',
        typ: 'logout+jwt',
        claims: CLAIMS,
        outcome: 'canonical: typ_not_allowed',
      },
    ],
  },
  {
    name: 'Auth0',
    preset: auth0('tenant.eu.auth0.com', { audience: API }),
    accessTokens: [
      {
        title: 'a token of its default profile',
        typ: 'JWT',
        claims: AUTH0_CLAIMS,
        principal: { scopes: ['openid', 'profile', 'read:orders'], clientId: 'shop' },
      },
      {
        title: 'a token with permissions',
        typ: 'JWT',
        claims: { ...AUTH0_CLAIMS, permissions: ['read:orders', 'write:orders'] },
        principal: { scopes: ['openid', 'profile', 'read:orders', 'write:orders'] },
      },
      {
        title: 'a token of its RFC 9068 profile',
        typ: 'at+jwt',
        claims: { ...without(AUTH0_CLAIMS, 'azp'), client_id: 'shop', jti: '73Wa' },
        principal: { clientId: 'shop', tokenId: '73Wa' },
      },
      {
        title: 'a token of a machine',
        typ: 'JWT',
        claims: { ...AUTH0_CLAIMS, sub: 'shop@clients', aud: API, gty: 'client-credentials' },
        principal: { subject: 'shop@clients' },
      },
    ],
    otherTokens: [
      { title: 'an ID token', typ: 'JWT', claims: AUTH0_ID, outcome: 'claims: audience' },
      {
        title: 'an ID token with a nonce, where client and API share an identifier',
        typ: 'JWT',
        claims: { ...AUTH0_ID, aud: API, nonce: 'n' },
        outcome: 'claims: custom_rule',
      },
      {
        title: 'an ID token without a nonce, where client and API share an identifier',
        typ: 'JWT',
        claims: { ...AUTH0_ID, aud: API },
        outcome: 'claims: custom_rule',
      },
    ],
  },
  {
    name: 'Entra ID',
    preset: entraId(TENANT, { audience: API }),
    accessTokens: [
      {
        title: 'a delegated token',
        typ: 'JWT',
        claims: ENTRA_CLAIMS,
        principal: { scopes: ['orders.read', 'orders.write'], roles: [], clientId: 'shop' },
      },
      {
        title: "an application's token",
        typ: 'JWT',
        claims: { ...without(ENTRA_CLAIMS, 'scp'), azpacr: '1', roles: ['Orders.Read.All'] },
        principal: { scopes: [], roles: ['Orders.Read.All'] },
      },
    ],
    otherTokens: [
      {
        title: 'an ID token',
        typ: 'JWT',
        claims: { ...without(ENTRA_CLAIMS, 'scp', 'azp', 'azpacr'), nonce: 'n' },
        outcome: 'claims: custom_rule',
      },
      {
        title: 'an ID token without a nonce',
        typ: 'JWT',
        claims: without(ENTRA_CLAIMS, 'scp', 'azp', 'azpacr'),
        outcome: 'claims: custom_rule',
      },
      {
        title: 'a version 1.0 token',
        typ: 'JWT',
        claims: { ...ENTRA_CLAIMS, iss: `https://sts.windows.net/${TENANT}/`, ver: '1.0' },
        outcome: 'trust: issuer_not_trusted',
      },
      {
        title: 'a token of another directory',
        typ: 'JWT',
        claims: { ...ENTRA_CLAIMS, iss: ENTRA_CLAIMS.iss.replace('444', '445') },
        outcome: 'trust: issuer_not_trusted',
      },
    ],
  },
  {
    name: 'Keycloak',
    preset: keycloak(REALM, { audience: API, resourceClientId: 'orders' }),
    accessTokens: [
      {
        title: 'its access token',
        typ: 'JWT',
        claims: KEYCLOAK_CLAIMS,
        principal: {
          scopes: ['openid', 'email', 'orders'],
          roles: ['offline_access', 'user', 'clerk'],
          clientId: 'shop',
        },
      },
    ],
    otherTokens: (
      [
        ['an ID token', 'JWT', { typ: 'ID', nonce: 'n', at_hash: 'h' }, 'claims: custom_rule'],
        ['a refresh token', 'JWT', { typ: 'Refresh' }, 'claims: custom_rule'],
        ['an offline token', 'JWT', { typ: 'Offline' }, 'claims: custom_rule'],
        ['a token that is bound to a key', 'JWT', { typ: 'DPoP' }, 'claims: custom_rule'],
        ['a token without its kind', 'JWT', { typ: undefined }, 'claims: custom_rule'],
        ['a logout token', 'logout+jwt', { typ: 'Logout' }, 'canonical: typ_not_allowed'],
      ] as const
    ).map(([title, typ, claims, outcome]) => ({
      title,
      typ,
      claims: { ...KEYCLOAK_CLAIMS, ...claims },
      outcome,
    })),
  },
  {
    name: 'Okta',
    preset: okta('https://org.okta.com/oauth2/default', { audience: API }),
    accessTokens: [
      {
        title: 'its access token',
        typ: undefined,
        claims: OKTA_CLAIMS,
        principal: { scopes: ['openid', 'orders:read'], roles: ['clerks'], clientId: 'shop' },
      },
    ],
    otherTokens: [
      {
        title: 'an ID token',
        typ: undefined,
        claims: {
          ...without(OKTA_CLAIMS, 'cid', 'uid', 'scp'),
          aud: 'shop',
          amr: ['pwd'],
          nonce: 'n',
        },
        outcome: 'claims: claim_missing',
      },
      {
        title: 'an ID token that was given cid',
        typ: undefined,
        claims: { ...OKTA_CLAIMS, at_hash: 'h' },
        outcome: 'claims: custom_rule',
      },
    ],
  },
  {
    name: 'Cognito',
    preset: cognito({ region: 'eu-west-1', id: 'eu-west-1_Example' }, { clientIds: ['shop'] }),
    accessTokens: [
      {
        title: 'its access token',
        typ: undefined,
        claims: COGNITO_CLAIMS,
        principal: { scopes: ['openid', 'orders/read'], roles: ['clerks'], clientId: 'shop' },
      },
      {
        title: 'a token of a machine',
        typ: undefined,
        claims: without({ ...COGNITO_CLAIMS, sub: 'shop' }, 'username', 'cognito:groups'),
        principal: { subject: 'shop', roles: [] },
      },
    ],
    otherTokens: [
      {
        title: 'an ID token',
        typ: undefined,
        claims: { ...without(COGNITO_CLAIMS, 'client_id', 'scope'), aud: 'shop', token_use: 'id' },
        outcome: 'claims: claim_missing',
      },
      {
        title: 'an ID token that was given client_id',
        typ: undefined,
        claims: { ...COGNITO_CLAIMS, token_use: 'id' },
        outcome: 'claims: custom_rule',
      },
    ],
  },
];
