import { exportJWK, generateKeyPair } from 'jose';
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
    ['a client of two keys', { ...ASSERTING, jwks: { keys: [{ ...PUBLIC, kid: '1' }] } }],
  ])('finds none with %s', (_, client) => {
    expect(findClientProblems(read(client), true)).toEqual([]);
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
    expect(findClientProblems(read(client), true)).toEqual([expect.stringMatching(expected)]);
  });
});
