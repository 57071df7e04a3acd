import { exportJWK, generateKeyPair } from 'jose';
import { certificateJwk, selfSigned } from '../testing/certificate.authority.js';
import { findClientProblems } from './client.rules.js';
import { type ClientDocument, clientSchema } from './client.schema.js';

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const PUBLIC = await exportJWK(publicKey);
const RECIPIENT = { ...PUBLIC, use: 'enc', kid: 'r' };
const PRIVATE = await exportJWK(privateKey);

const CONFIDENTIAL = {
  client_id: 'c',
  name: 'C',
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret: { env: 'SECRET' },
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid offline_access',
  redirect_uris: ['https://a.example.com/callback'],
};
const PUBLIC_CLIENT = {
  ...CONFIDENTIAL,
  token_endpoint_auth_method: 'none',
  client_secret: undefined,
};
const ASSERTING = {
  ...PUBLIC_CLIENT,
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [PUBLIC] },
};

const CERTIFIED = {
  ...PUBLIC_CLIENT,
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth: { kind: 'subject_dn', value: 'CN=shop,O=Example' },
};
const SELF_SIGNED = {
  ...PUBLIC_CLIENT,
  token_endpoint_auth_method: 'self_signed_tls_client_auth',
  jwks: { keys: [certificateJwk(await selfSigned())] },
};

const read = (client: object): ClientDocument => clientSchema.parse(client);

describe('findClientProblems', () => {
  it.each([
    ['a confidential client', CONFIDENTIAL],
    ['a public client', PUBLIC_CLIENT],
    ['a client with keys', ASSERTING],
    ['a client with a key URI', { ...ASSERTING, jwks: undefined, jwks_uri: 'https://a.com/jwks' }],
    [
      'a client whose ID tokens are encrypted',
      { ...CONFIDENTIAL, id_token_encryption: { alg: 'ECDH-ES' }, jwks: { keys: [RECIPIENT] } },
    ],
    ['a client of certificates', CERTIFIED],
    ['a client of its own certificates', SELF_SIGNED],
    [
      'a public client whose tokens are bound',
      { ...PUBLIC_CLIENT, tls_client_certificate_bound_access_tokens: true },
    ],
    ['a client of two keys', { ...ASSERTING, jwks: { keys: [{ ...PUBLIC, kid: '1' }] } }],
  ])('finds none with %s', (_, client) => {
    expect(findClientProblems(read(client), { production: true, mutualTls: true })).toEqual([]);
  });

  it.each([
    [
      'encryption without keys',
      { ...CONFIDENTIAL, id_token_encryption: { alg: 'ECDH-ES' } },
      /^id_token_encryption needs either/,
    ],
    [
      'encryption to a key for signatures',
      { ...CONFIDENTIAL, id_token_encryption: { alg: 'ECDH-ES' }, jwks: { keys: [PUBLIC] } },
      /^jwks: no key with use enc is for ECDH-ES/,
    ],
    [
      'encryption of ID tokens that it never gets',
      {
        ...CONFIDENTIAL,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        scope: '',
        id_token_encryption: { alg: 'ECDH-ES' },
        jwks: { keys: [RECIPIENT] },
      },
      /^id_token_encryption needs the grant type/,
    ],
    ['no secret', { ...CONFIDENTIAL, client_secret: undefined }, /^client_secret is missing/],
    ['a public client with a secret', { ...PUBLIC_CLIENT, client_secret: { env: 'S' } }, /not for/],
    ['a client of keys with a secret', { ...ASSERTING, client_secret: { env: 'S' } }, /not for/],
    ['no keys', { ...ASSERTING, jwks: undefined }, /^private_key_jwt needs/],
    ['keys twice', { ...ASSERTING, jwks_uri: 'https://a.com/jwks' }, /^private_key_jwt needs/],
    ['keys beside a secret', { ...CONFIDENTIAL, jwks: { keys: [PUBLIC] } }, /^jwks and jwks_uri/],
    ['a private key', { ...ASSERTING, jwks: { keys: [PRIVATE] } }, /^jwks: .*private members/],
    [
      'a symmetric key',
      { ...ASSERTING, jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } },
      /^jwks: .*symmetric/,
    ],
    [
      'a key for encryption alone',
      { ...ASSERTING, jwks: { keys: [{ ...PUBLIC, use: 'enc' }] } },
      /^jwks: no key is for/,
    ],
    [
      'an algorithm that is not allowed',
      { ...ASSERTING, jwks: { keys: [{ ...PUBLIC, alg: 'ES384' }] } },
      /^jwks: no key is for/,
    ],
    [
      'two keys without kid',
      { ...ASSERTING, jwks: { keys: [PUBLIC, { ...PUBLIC, kid: 'a' }] } },
      /^jwks: of several keys/,
    ],
    [
      'tokens that are bound both ways',
      {
        ...PUBLIC_CLIENT,
        dpop_bound_access_tokens: true,
        tls_client_certificate_bound_access_tokens: true,
      },
      /^dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens exclude each other/,
    ],
    ['no subject', { ...CERTIFIED, tls_client_auth: undefined }, /^tls_client_auth is missing/],
    [
      'a subject that is none',
      { ...CERTIFIED, tls_client_auth: { kind: 'san_dns', value: '*.example.com' } },
      /^tls_client_auth: must be a host name/,
    ],
    [
      'a subject of another method',
      { ...CONFIDENTIAL, tls_client_auth: CERTIFIED.tls_client_auth },
      /^tls_client_auth is not for/,
    ],
    ['a secret beside it', { ...CERTIFIED, client_secret: { env: 'S' } }, /^client_secret is not/],
    [
      'no certificates',
      { ...SELF_SIGNED, jwks: undefined },
      /^self_signed_tls_client_auth needs either/,
    ],
    ['keys without x5c', { ...SELF_SIGNED, jwks: { keys: [PUBLIC] } }, /^jwks: each key needs x5c/],
    [
      'a key with the certificate of another',
      { ...SELF_SIGNED, jwks: { keys: [{ ...SELF_SIGNED.jwks.keys[0], ...PUBLIC }] } },
      /^jwks: each key needs x5c/,
    ],
    [
      'a key URI without TLS',
      { ...ASSERTING, jwks: undefined, jwks_uri: 'http://127.0.0.1/' },
      /^jwks_uri must be https/,
    ],
    [
      'a public client on its own behalf',
      { ...PUBLIC_CLIENT, grant_types: [...PUBLIC_CLIENT.grant_types, 'client_credentials'] },
      /^grant_types: a public client/,
    ],
    [
      'a public resource server',
      { ...PUBLIC_CLIENT, own_resource: 'https://a.example.com' },
      /^own_resource is not for a public client/,
    ],
    ['no redirect URI', { ...CONFIDENTIAL, redirect_uris: [] }, /^redirect_uris are for/],
    [
      'a redirect URI without the code grant',
      { ...CONFIDENTIAL, scope: '', grant_types: [] },
      /^redirect_uris are for/,
    ],
    [
      'refresh tokens alone',
      { ...CONFIDENTIAL, redirect_uris: [], grant_types: ['refresh_token'] },
      /^grant_types: refresh_token needs/,
    ],
    [
      'offline_access without refresh tokens',
      { ...CONFIDENTIAL, grant_types: ['authorization_code'] },
      /^scope: offline_access needs/,
    ],
    [
      'a bad redirect URI',
      { ...CONFIDENTIAL, redirect_uris: ['https://u@a.example.com'] },
      /^redirect_uris: "https:\/\/u@a\.example\.com" must not/,
    ],
    [
      'a bad sign-out URI',
      { ...CONFIDENTIAL, post_logout_redirect_uris: ['javascript:alert(1)'] },
      /^post_logout_redirect_uris: /,
    ],
    [
      'a bad logout URI',
      { ...CONFIDENTIAL, backchannel_logout_uri: 'http://a.example.com' },
      /^backchannel_logout_uri: /,
    ],
    ['a bad logo', { ...CONFIDENTIAL, logo_uri: 'data:image/png,x' }, /^logo_uri: /],
    ['a bad origin', { ...CONFIDENTIAL, allowed_cors_origins: ['*'] }, /^allowed_cors_origins: /],
  ])('names %s', (_, client, expected) => {
    expect(findClientProblems(read(client), { production: true, mutualTls: true })).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it.each([
    ['authenticates by one', CERTIFIED],
    ['authenticates by its own', SELF_SIGNED],
    ['binds tokens to one', { ...CONFIDENTIAL, tls_client_certificate_bound_access_tokens: true }],
  ])('names a client that %s where no certificate arrives', (_, client) => {
    expect(findClientProblems(read(client), { production: true, mutualTls: false })).toEqual([
      expect.stringContaining('AUTH_MTLS_PORT'),
    ]);
  });
});
