/** Attacks on the algorithm: none, HMAC with a public key, keys that are none, foreign algorithms. */
import { type KeyObject } from 'node:crypto';
import { TestClock } from '../support/resource-server-clock.js';
import { expectTokenAccepted, expectTokenRefused } from '../support/resource-server-refusal.js';
import { PLATFORMS, ResourceServer } from '../support/resource-server.js';
import { createSigningKey, hmacWith, signWith, TokenForge } from '../support/token-forge.js';

const ISSUER = 'https://as.example';
const AUDIENCE = 'https://orders.example';
const clock = new TestClock();
const rsa = new TokenForge(ISSUER, AUDIENCE, createSigningKey('RS256', 'rsa-1'), clock);
const ec = new TokenForge(ISSUER, AUDIENCE, createSigningKey('ES256', 'ec-1'), clock);
const unsigned = (): Uint8Array => new Uint8Array();

describe.each(PLATFORMS)('an issuer with RSA and EC keys without alg, on %s', (platform) => {
  let server: ResourceServer;

  beforeAll(async () => {
    const withoutAlg = [rsa, ec].map(({ key }) => ({ ...key.jwk, alg: undefined }));
    server = await ResourceServer.start(platform, {
      trusts: [
        {
          issuer: ISSUER,
          audience: AUDIENCE,
          algorithms: ['RS256', 'ES256'],
          jwks: { keys: withoutAlg },
        },
      ],
      clock: clock.nowMs,
    });
  });

  afterAll(() => server.stop());

  it('accepts a good RS256 token and a good ES256 token', async () => {
    await expectTokenAccepted(server, await rsa.issue());
    await expectTokenAccepted(server, await ec.issue());
  });

  const none = ['none', 'None', 'NONE', 'nOnE', 'none '];

  it.each(none)('refuses alg %j with an empty signature', async (alg) => {
    const token = rsa.forge({ header: rsa.header({ alg }), signer: unsigned });
    await expectTokenRefused(server, token, 'canonical', 'not_a_jws');
  });

  it.each(none)('refuses alg %j with the signature of a good token', async (alg) => {
    const token = rsa.forge({ header: rsa.header({ alg }) });
    await expectTokenRefused(server, token, 'canonical', 'algorithm_not_allowed');
  });

  it('refuses a token of two segments, unsigned', async () => {
    const token = rsa.forge({ signer: unsigned }).slice(0, -1);
    await expectTokenRefused(server, token, 'canonical', 'not_a_jws');
  });

  const publicKey = rsa.key.publicKey;
  const secrets: readonly [string, string | Buffer][] = [
    ['SPKI PEM', pem(publicKey, 'spki')],
    ['SPKI PEM without its last newline', pem(publicKey, 'spki').trimEnd()],
    ['PKCS#1 PEM', pem(publicKey, 'pkcs1')],
    ['SPKI DER', publicKey.export({ type: 'spki', format: 'der' })],
    ['PKCS#1 DER', publicKey.export({ type: 'pkcs1', format: 'der' })],
    ['JWK text', JSON.stringify(publicKey.export({ format: 'jwk' }))],
    ['published JWK text', JSON.stringify(rsa.key.jwk)],
    ['modulus', String(rsa.key.jwk.n)],
  ];

  it.each(secrets)('refuses HS256 with the RSA public key as %s', async (_form, secret) => {
    const token = rsa.forge({ header: rsa.header({ alg: 'HS256' }), signer: hmacWith(secret) });
    await expectTokenRefused(server, token, 'canonical', 'algorithm_not_allowed');
  });

  it.each(secrets)(
    'refuses RS256 in name with an HMAC by the public key as %s',
    async (_f, secret) => {
      const token = rsa.forge({ signer: hmacWith(secret) });
      await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
    },
  );

  it.each(['HS384', 'HS512', 'PS256', 'RS512', 'ES384', 'ES256K', 'EdDSA', 'RSA1_5', 'dir'])(
    'refuses alg %s, which the trust does not list',
    async (alg) => {
      const token = rsa.forge({ header: rsa.header({ alg }) });
      await expectTokenRefused(server, token, 'canonical', 'algorithm_not_allowed');
    },
  );

  it.each(['rs256', 'RS256 ', 'ＲＳ２５６', '', 'constructor', '__proto__'])(
    'refuses alg %j, which only looks like a listed one or like nothing',
    async (alg) => {
      const token = rsa.forge({ header: rsa.header({ alg }) });
      await expectTokenRefused(server, token, 'canonical', 'algorithm_not_allowed');
    },
  );

  it.each([[undefined], [null], [256], [true], [['RS256']], [{ RS256: true }]])(
    'refuses an alg that is no string: %j',
    async (alg) => {
      const token = rsa.forge({ header: rsa.header({ alg }) });
      await expectTokenRefused(server, token, 'canonical', 'algorithm_type');
    },
  );

  it.each([
    ['ES256', 'the RSA key', { alg: 'ES256', kid: 'rsa-1' }, signWith(ec.key)],
    ['RS256', 'the EC key', { alg: 'RS256', kid: 'ec-1' }, signWith(rsa.key)],
  ])('refuses %s with %s, though both are listed', async (_alg, _key, header, signer) => {
    const token = rsa.forge({ header: rsa.header(header), signer });
    await expectTokenRefused(server, token, 'key', 'key_algorithm');
  });

  it('refuses an RSA-PSS signature under the name RS256', async () => {
    const pss = signWith({ ...rsa.key, alg: 'PS256' });
    await expectTokenRefused(server, rsa.forge({ signer: pss }), 'signature', 'signature_mismatch');
  });
});

describe.each(PLATFORMS)('a trust with a shared secret, on %s', (platform) => {
  const secret = Buffer.alloc(32, 7);
  const header = { alg: 'HS256', typ: 'at+jwt' };
  let server: ResourceServer;

  beforeAll(async () => {
    server = await ResourceServer.start(platform, {
      trusts: [{ issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'], secret }],
      clock: clock.nowMs,
    });
  });

  afterAll(() => server.stop());

  it('accepts a token signed with the secret', async () => {
    await expectTokenAccepted(server, rsa.forge({ header, signer: hmacWith(secret) }));
  });

  it.each<[string, string | Buffer]>([
    ['an empty key', ''],
    ['one zero byte', Buffer.alloc(1)],
    ['32 zero bytes', Buffer.alloc(32)],
    ['64 zero bytes', Buffer.alloc(64)],
    ['the text null', 'null'],
    ['the text undefined', 'undefined'],
    ['the text of an empty object', '{}'],
    ['the secret as text of its hexadecimal digits', secret.toString('hex')],
  ])('refuses a token signed with %s', async (_key, guess) => {
    const token = rsa.forge({ header, signer: hmacWith(guess) });
    await expectTokenRefused(server, token, 'signature', 'signature_mismatch');
  });

  it('refuses an asymmetric token, since a secret goes with HMAC alone', async () => {
    await expectTokenRefused(server, await rsa.issue(), 'canonical', 'algorithm_not_allowed');
  });

  it.each([0, 31])('does not start with a secret of %i bytes', async (length) => {
    const short = Buffer.alloc(length, 7);
    const trust = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'], secret: short };
    await expect(
      ResourceServer.start(platform, { trusts: [trust as never], clock: clock.nowMs }),
    ).rejects.toThrow('too short for HS256');
  });

  it.each([
    [['HS256', 'RS256'], 'a secret', { secret }],
    [['HS256'], 'public keys', { jwks: { keys: [rsa.key.jwk] } }],
    [['RS256', 'HS256'], 'public keys', { jwks: { keys: [rsa.key.jwk] } }],
    [['none'], 'public keys', { jwks: { keys: [rsa.key.jwk] } }],
    [['none'], 'a secret', { secret }],
    [[], 'public keys', { jwks: { keys: [rsa.key.jwk] } }],
  ])('does not start with the algorithms %j and %s', async (algorithms, _keys, keys) => {
    const trust = { issuer: ISSUER, audience: AUDIENCE, algorithms, ...keys };
    await expect(
      ResourceServer.start(platform, { trusts: [trust as never], clock: clock.nowMs }),
    ).rejects.toThrow(TypeError);
  });
});

function pem(key: KeyObject, type: 'spki' | 'pkcs1'): string {
  return key.export({ type, format: 'pem' }).toString();
}
