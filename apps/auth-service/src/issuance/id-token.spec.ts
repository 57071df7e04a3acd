import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../config/environment.schema.js';
import { type ServerConfig } from '../config/server.config.js';
import { type Grant } from '../grant/grant.js';
import { createKeyRing } from '../testing/key-ring.fixture.js';
import { forgeJwt } from '../testing/forged.jwt.js';
import { type ListedSigningKey } from '../testing/listed-signing-key.store.js';
import { IdTokenIssuer } from './id-token.issuer.js';
import { IdTokenVerifier } from './id-token.verifier.js';
import { type TokenAlgorithms } from './token.algorithms.js';
import { type TokenEncryption } from './token.encryption.js';

const SERVER = { issuer: 'https://login.example.com' } as ServerConfig;
const GRANT: Grant = {
  grantId: '0b0e7f5e-0000-4000-8000-000000000001',
  accountId: '0b0e7f5e-0000-4000-8000-000000000002',
  clientId: 'web',
  sid: '0b0e7f5e-0000-4000-8000-000000000003',
  scope: ['openid', 'email'],
  resources: [],
  authenticatedAt: new Date(1_700_000_000_999),
  acr: 'urn:keyward:acr:password',
  amr: ['pwd'],
  expiresAt: new Date(Date.now() + 1e6),
};

/** No client of these tests asks for encryption. */
const OPEN = {
  ofIdTokens: async () => async (jws: string) => jws,
} as unknown as TokenEncryption;

async function setUp(signingAlgorithm: SigningAlgorithm = 'ES256') {
  const { ring, ...rest } = createKeyRing(signingAlgorithm);
  await ring.onModuleInit();
  const algorithms = { ofIdTokens: async () => signingAlgorithm } as unknown as TokenAlgorithms;
  const issuer = new IdTokenIssuer(ring, SERVER, OPEN, algorithms);
  return { ...rest, ring, issuer, verifier: new IdTokenVerifier(ring, SERVER) };
}

describe('IdTokenIssuer', () => {
  it('says who signed in, when and how, to the one client', async () => {
    const { issuer, ring } = await setUp();
    const before = Math.floor(Date.now() / 1000);
    const token = await issuer.issue({ grant: GRANT, nonce: 'n', accessToken: 'a' });
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'ES256',
      typ: 'JWT',
      kid: (await ring.signingKey()).kid,
    });
    const claims = decodeJwt(token);
    expect(claims).toEqual({
      iss: SERVER.issuer,
      sub: GRANT.accountId,
      aud: 'web',
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 600,
      auth_time: 1_700_000_000,
      nonce: 'n',
      acr: GRANT.acr,
      amr: ['pwd'],
      at_hash: createHash('sha256').update('a').digest().subarray(0, 16).toString('base64url'),
      sid: GRANT.sid,
    });
    expect(claims.iat).toBeGreaterThanOrEqual(before);
  });

  it('leaves out the nonce at a refresh, and at_hash without an access token', async () => {
    const { issuer } = await setUp();
    const claims = decodeJwt(await issuer.issue({ grant: GRANT, nonce: null, accessToken: null }));
    expect(Object.keys(claims)).not.toContain('nonce');
    expect(Object.keys(claims)).not.toContain('at_hash');
  });

  // The example of OpenID Connect Core 1.0 appendix A.3 is of RS256.
  it('computes at_hash as the specification shows', async () => {
    const { issuer } = await setUp('RS256');
    const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
    const token = await issuer.issue({ grant: GRANT, nonce: null, accessToken });
    expect(decodeJwt(token)['at_hash']).toBe('77QmUPtjPfzWtF2AnpK9RQ');
  });

  it('takes the hash of Ed25519 for EdDSA', async () => {
    const { issuer } = await setUp('EdDSA');
    const token = await issuer.issue({ grant: GRANT, nonce: null, accessToken: 'a' });
    const half = createHash('sha512').update('a').digest().subarray(0, 32);
    expect(decodeJwt(token)['at_hash']).toBe(half.toString('base64url'));
  });
});

describe('IdTokenVerifier', () => {
  const HINT = { subject: GRANT.accountId, clientId: 'web', sid: GRANT.sid };

  it.each(SIGNING_ALGORITHMS)('recognises an ID token of ours signed by %s', async (algorithm) => {
    const { issuer, verifier } = await setUp(algorithm);
    const token = await issuer.issue({ grant: GRANT, nonce: 'n', accessToken: 'a' });
    expect(await verifier.verifyHint(token)).toEqual(HINT);
  });

  it('recognises one that expired, and one by a key that no longer signs', async () => {
    const { issuer, verifier, ring, store } = await setUp();
    const key = await ring.signingKey();
    const token = await issuer.issue({ grant: GRANT, nonce: null, accessToken: null });
    const claims = { ...decodeJwt(token), iat: 1_600_000_000, exp: 1_600_000_600 };
    const old = await forgeJwt(key, { alg: 'ES256', typ: 'JWT', kid: key.kid }, claims);
    const [first, standby] = store.keys as [ListedSigningKey, ListedSigningKey];
    for (const status of ['retired', 'gone'] as const) {
      store.keys = [{ ...first, status }, standby];
      await ring.refresh();
      expect(await verifier.verifyHint(old)).toEqual(HINT);
      expect(await verifier.verifyHint(token)).toEqual(HINT);
    }
  });

  it('does not recognise one by a key that was revoked', async () => {
    const { issuer, verifier, ring, store } = await setUp();
    const token = await issuer.issue({ grant: GRANT, nonce: null, accessToken: null });
    store.keys = [];
    await ring.refresh();
    expect(await verifier.verifyHint(token)).toBeNull();
  });

  it.each([
    ['an access token', { header: { typ: 'at+jwt' } }],
    ['a logout token', { header: { typ: 'logout+jwt' } }],
    ['a token without kid', { header: { kid: undefined } }],
    ['a token of an unknown key', { header: { kid: 'other' } }],
    ['a token of another issuer', { claims: { iss: 'https://evil.example.com' } }],
    ['a token for two clients', { claims: { aud: ['web', 'spa'] } }],
    ['a token about nobody', { claims: { sub: undefined } }],
    ['a token without a sign-in', { claims: { auth_time: undefined } }],
    ['a token with a sid that is no text', { claims: { sid: 1 } }],
  ])('does not recognise %s', async (_, change: { header?: object; claims?: object }) => {
    const { issuer, verifier, ring } = await setUp();
    const key = await ring.signingKey();
    const token = await issuer.issue({ grant: GRANT, nonce: null, accessToken: null });
    const header = { alg: 'ES256', typ: 'JWT', kid: key.kid, ...change.header };
    const other = await forgeJwt(key, header, { ...decodeJwt(token), ...change.claims });
    expect(await verifier.verifyHint(other)).toBeNull();
  });

  it('does not recognise a forged, unsigned, foreign or broken one', async () => {
    const { issuer, verifier, ring } = await setUp();
    const { issuer: foreign } = await setUp();
    const token = await issuer.issue({ grant: GRANT, nonce: null, accessToken: null });
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { kid, publicJwk } = await ring.signingKey();
    const secret = Buffer.from(JSON.stringify(publicJwk));
    const forged = [
      `${encode({ alg: 'none', typ: 'JWT', kid })}.${payload}.`,
      `${header}.${encode({ ...decodeJwt(token), sub: 'other' })}.${signature}`,
      await new SignJWT(decodeJwt(token))
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
        .sign(secret),
      await foreign.issue({ grant: GRANT, nonce: null, accessToken: null }),
      `${header}.${payload}`,
      `${token}${'A'.repeat(8192)}`,
      'nonsense',
      '',
    ];
    for (const one of forged) expect(await verifier.verifyHint(one)).toBeNull();
  });
});
