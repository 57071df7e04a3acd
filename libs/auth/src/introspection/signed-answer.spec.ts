/** Signed answers: written by jose, read by the trust's keys, and nothing else is believed. */
import { SignJWT, UnsecuredJWT, type JWTHeaderParameters } from 'jose';
import { IntrospectionUnavailableError } from '../access-token/refusal.js';
import { FixedKeySource } from '../jwks/fixed-key-source.js';
import { importJwkSet } from '../jwks/jwk-set.js';
import { IntrospectionServer } from '../spec-support/introspection-server.js';
import { generateSigningKey } from '../testing/signing-key.js';
import { IntrospectionClient } from './introspection.client.js';

const ISSUER = 'https://as.example';
const SIGNED = 'application/token-introspection+jwt';
const NOW = 1_800_000_000;
const KEY = generateSigningKey('ES256', 'key-1');
const FOREIGN = generateSigningKey('ES256', 'key-1');
const RSA = generateSigningKey('RS256', 'key-2');
const HEADER = { alg: 'ES256', kid: 'key-1', typ: 'token-introspection+jwt' };
const CLAIMS = {
  iss: ISSUER,
  aud: 'orders',
  iat: NOW,
  token_introspection: { active: true, sub: 'alice' },
};

interface Said {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: typeof KEY;
}

describe('a signed answer', () => {
  let server: IntrospectionServer;
  let keys: FixedKeySource;
  beforeEach(async () => {
    server = await IntrospectionServer.start();
    const set = importJwkSet({ keys: [KEY.publicJwk, RSA.publicJwk] }, ['ES256', 'RS256']);
    keys = new FixedKeySource(set.keys);
  });
  afterEach(() => server.close());

  const clientOf = (): IntrospectionClient => {
    const trust = { issuer: ISSUER, algorithms: ['ES256'], keys, toleranceSeconds: 5 };
    const client = { clientId: 'orders', clientSecret: 's' };
    const options = { endpoint: server.endpoint, client, signedResponse: true };
    return new IntrospectionClient(trust, options, () => NOW * 1000);
  };
  const answerWith = (jwt: string, contentType = SIGNED): void => {
    server.reply = (_, response) =>
      response.writeHead(200, { 'content-type': contentType }).end(jwt);
  };
  const sign = ({ header, claims, key = KEY }: Said): Promise<string> =>
    new SignJWT({ ...CLAIMS, ...claims })
      .setProtectedHeader({ ...HEADER, ...header } as JWTHeaderParameters)
      .sign(key.privateKey);
  const failureOf = async (asked: unknown): Promise<string> => {
    const error: unknown = await Promise.resolve(asked).catch((reason: unknown) => reason);
    if (!(error instanceof IntrospectionUnavailableError)) throw error;
    return error.detail;
  };

  it.each<[string, Said]>([
    ['as RFC 9701 writes it', {}],
    ['with its whole media type', { header: { typ: 'application/token-introspection+jwt' } }],
    ['for several', { claims: { aud: ['billing', 'orders'] } }],
    ['with an end to come', { claims: { exp: NOW + 1 } }],
  ])('is believed %s', async (_, said) => {
    answerWith(await sign(said));
    expect(await clientOf().introspect('token')).toMatchObject({
      active: true,
      claims: CLAIMS.token_introspection,
    });
    expect(server.questions[0]?.headers.accept).toBe(SIGNED);
  });

  it.each<[string, Said]>([
    ['the key of somebody else under the same kid', { key: FOREIGN }],
    [
      'an algorithm that the trust does not list',
      { key: RSA, header: { alg: 'RS256', kid: 'key-2' } },
    ],
    ['an unknown kid', { header: { kid: 'key-9' } }],
    ['the typ of an access token', { header: { typ: 'at+jwt' } }],
    ['the typ of an ID token', { header: { typ: 'JWT' } }],
    ['no typ', { header: { typ: undefined } }],
    ['another issuer', { claims: { iss: 'https://other.example' } }],
    ['no issuer', { claims: { iss: undefined } }],
    ['another audience', { claims: { aud: 'billing' } }],
    ['no audience', { claims: { aud: undefined } }],
    ['no time', { claims: { iat: undefined } }],
    ['a time long ago: somebody kept it', { claims: { iat: NOW - 66 } }],
    ['a time to come', { claims: { iat: NOW + 6 } }],
    ['an end that is over', { claims: { exp: NOW - 5 } }],
    ['no response in it', { claims: { token_introspection: undefined } }],
    ['a response that is no object', { claims: { token_introspection: [true] } }],
    ['the response beside its place', { claims: { token_introspection: {}, active: true } }],
  ])('is not believed with %s', async (_, said) => {
    answerWith(await sign(said));
    expect(await failureOf(clientOf().introspect('token'))).toEqual(expect.any(String));
  });

  it.each<[string, string, () => Promise<string>]>([
    ['without a signature', SIGNED, async () => new UnsecuredJWT(CLAIMS).encode()],
    ['with a changed signature', SIGNED, async () => `${(await sign({})).slice(0, -8)}AAAAAAAA`],
    ['under the media type of JSON', 'application/json', () => sign({})],
    ['as plain JSON', 'application/json', async () => '{"active":true}'],
    ['as plain JSON that calls itself signed', SIGNED, async () => '{"active":true}'],
  ])('is not believed %s', async (_, contentType, make) => {
    answerWith(await make(), contentType);
    expect(await failureOf(clientOf().introspect('token'))).toEqual(expect.any(String));
  });

  it('is not believed by a key that was revoked', async () => {
    answerWith(await sign({}));
    keys.revoke('key-1');
    expect(await failureOf(clientOf().introspect('token'))).toContain('kid');
  });
});
