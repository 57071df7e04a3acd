import { JWT_BEARER_GRANT, TOKEN_EXCHANGE_GRANT } from '@keyward/oauth';
import { exportJWK, generateKeyPair } from 'jose';
import { ConfigurationError } from '../config/configuration.error.js';
import { parseBootstrap } from './bootstrap.file.js';

const KEY = await exportJWK((await generateKeyPair('ES256')).publicKey);
const RSA = await exportJWK((await generateKeyPair('RS256')).publicKey);
const A = 'https://a.example.com';
const B = 'https://b.example.com';

const GATEWAY = {
  client_id: 'gateway',
  name: 'Gateway',
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret: { env: 'SECRET' },
  grant_types: [TOKEN_EXCHANGE_GRANT],
  scope: 'b:read',
  own_resource: A,
  token_exchange: { resources: [B] },
};
const PRESENTER = {
  client_id: 'presenter',
  name: 'Presenter',
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret: { env: 'SECRET' },
  grant_types: [JWT_BEARER_GRANT],
  scope: 'b:read',
};
const PARTNER = {
  partner_id: 'acme',
  issuer: 'https://sts.acme.example',
  jwks: { keys: [KEY] },
  clients: ['presenter'],
  resources: [B],
  scope: 'b:read',
};

interface Change {
  readonly gateway?: object;
  readonly presenter?: object;
  readonly partner?: object;
  readonly more?: object;
}

function parse({ gateway, presenter, partner, more }: Change, production = false) {
  const document = {
    resources: [
      { identifier: A, name: 'A', scopes: ['a:read'] },
      { identifier: B, name: 'B', scopes: ['b:read', 'b:write'] },
    ],
    clients: [
      { ...GATEWAY, ...gateway },
      { ...PRESENTER, ...presenter },
    ],
    partners: [{ ...PARTNER, ...partner }, ...(more === undefined ? [] : [more])],
  };
  const environment = {
    SECRET: 'a-secret-that-is-as-long-as-production-wants-it-7f3a',
    ...(production && { NODE_ENV: 'production' }),
  };
  return parseBootstrap(JSON.stringify(document), environment);
}

function problemsOf(change: Change, production = false): readonly string[] {
  try {
    parse(change, production);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const PUBLIC = { token_endpoint_auth_method: 'none', client_secret: undefined };

describe('clients and partners that get tokens for tokens', () => {
  it('are declared with what is left out', () => {
    const { clients, partners } = parse({});
    expect(clients[0]?.exchange).toEqual({ resources: [B], impersonation: false });
    expect(partners).toEqual([
      {
        issuer: PARTNER.issuer,
        partnerId: 'acme',
        jwks: { keys: [KEY] },
        jwksUri: null,
        algorithms: ['ES256'],
        clients: ['presenter'],
        resources: [B],
        scopes: ['b:read'],
        maxAssertionSeconds: 300,
        disabled: false,
      },
    ]);
  });

  it.each<[string, Change, RegExp]>([
    [
      'exchange without a policy',
      { gateway: { token_exchange: undefined } },
      /^client gateway: token_exchange goes together/,
    ],
    [
      'a policy without the grant type',
      { gateway: { grant_types: [] } },
      /^client gateway: token_exchange goes together/,
    ],
    [
      'exchange by what is no resource',
      { gateway: { own_resource: undefined } },
      /^client gateway: token_exchange needs own_resource/,
    ],
    ['exchange by a public client', { gateway: PUBLIC }, /token_exchange is not for a public/],
    [
      'exchange for an unknown resource',
      { gateway: { token_exchange: { resources: [B, 'urn:x'] } } },
      /^client gateway: token_exchange: urn:x is not a declared resource/,
    ],
    [
      'exchange for nothing that the client may have',
      { gateway: { token_exchange: { resources: [A, B] } } },
      /^client gateway: token_exchange: the client has no scope of https:\/\/a/,
    ],
    [
      'exchange for no resource',
      { gateway: { token_exchange: { resources: [] } } },
      /token_exchange\.resources/,
    ],
    ['assertions by a public client', { presenter: PUBLIC }, /cannot have jwt-bearer/],
    [
      'a client whose id is a subject of partners',
      { gateway: { client_id: 'partner:acme:carol' } },
      /client_id: partner: begins/,
    ],
    ['a partner without keys', { partner: { jwks: undefined } }, /^partner acme: either jwks or/],
    ['keys twice', { partner: { jwks_uri: `${A}/jwks` } }, /^partner acme: either jwks or/],
    [
      'a key for another algorithm',
      { partner: { jwks: { keys: [RSA] } } },
      /^partner acme: jwks: /,
    ],
    [
      'a private key',
      { partner: { jwks: { keys: [{ ...KEY, d: 'AA' }] } } },
      /^partner acme: jwks: the key .* private members/,
    ],
    [
      'two keys without kid',
      { partner: { jwks: { keys: [KEY, { ...KEY, kid: 'a' }] } } },
      /of several keys each needs a kid/,
    ],
    ['an HMAC', { partner: { algorithms: ['HS256'] } }, /partners\.0\.algorithms\.0/],
    ['no algorithm', { partner: { algorithms: [] } }, /partners\.0\.algorithms/],
    [
      'an unknown client',
      { partner: { clients: ['presenter', 'nobody'] } },
      /^partner acme: clients: nobody is no declared client/,
    ],
    [
      'a client without the grant type',
      { partner: { clients: ['gateway'] } },
      /^partner acme: clients: gateway is no declared client with the grant type/,
    ],
    [
      'an unknown resource',
      { partner: { resources: [B, 'urn:x'] } },
      /^partner acme: resources: urn:x/,
    ],
    ['a scope of another resource', { partner: { scope: 'a:read' } }, /^partner acme: scope: none/],
    ['no scope', { partner: { scope: '' } }, /partners\.0\.scope/],
    ['an issuer that is a client', { partner: { issuer: 'gateway' } }, /also the id of a client/],
    ['an id with a colon', { partner: { partner_id: 'a:b' } }, /partners\.0\.partner_id/],
    [
      'assertions that live for an hour',
      { partner: { max_assertion_seconds: 3600 } },
      /partners\.0\.max_assertion_seconds/,
    ],
    [
      'two partners of one id',
      { more: { ...PARTNER, issuer: 'https://b' } },
      /declares the partner acme twice/,
    ],
    ['one issuer twice', { more: { ...PARTNER, partner_id: 'b' } }, /declares the issuer .* twice/],
  ])('refuses %s', (_, change, expected) => {
    expect(problemsOf(change)).toContainEqual(expect.stringMatching(expected));
  });

  it('fetches a partner’s keys without TLS from this machine alone, and never in production', () => {
    const from = (jwks_uri: string) => ({ partner: { jwks: undefined, jwks_uri } });
    expect(problemsOf(from('http://127.0.0.1:1/jwks'))).toEqual([]);
    expect(problemsOf(from('http://127.0.0.1:1/jwks'), true)).toEqual([
      'partner acme: jwks_uri must be https',
    ]);
    expect(problemsOf(from('http://sts.acme.example/jwks'))).toHaveLength(1);
  });
});
