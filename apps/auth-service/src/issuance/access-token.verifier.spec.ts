import { jest } from '@jest/globals';
import { importJwkSet, type VerificationKey } from '@keyward/auth';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type ServerConfig } from '../config/server.config.js';
import { type KeyRing } from '../keys/key.ring.js';
import { type SigningKey } from '../keys/signing-key.js';
import { AccessTokenVerifier } from './access-token.verifier.js';

const ISSUER = 'https://login.example.com';

describe('AccessTokenVerifier', () => {
  /** A verifier of one key, which the returned ring can lose or replace. */
  async function setUp() {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
    const held = () => importJwkSet({ keys: [jwk] }, ['ES256']).keys[0];
    const ring = { key: held() };
    const check = jest.spyOn(ring.key as VerificationKey, 'verifyOffThread');
    const keys = {
      verificationKey: (kid: string) =>
        kid === 'k1' && ring.key !== undefined
          ? ({ verificationKey: ring.key } as SigningKey)
          : undefined,
    } as KeyRing;
    const verifier = new AccessTokenVerifier(keys, { issuer: ISSUER } as ServerConfig);
    const sign = (expiresIn = '5m') =>
      new SignJWT({ client_id: 'shop', jti: 'j1' })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' })
        .setIssuer(ISSUER)
        .setSubject('alice')
        .setAudience('urn:a')
        .setIssuedAt()
        .setExpirationTime(expiresIn)
        .sign(privateKey);
    return { verifier, sign, ring, held, check };
  }

  afterEach(() => jest.useRealTimers());

  it('checks the signature of a token once, and says the same every time', async () => {
    const { verifier, sign, check } = await setUp();
    const token = await sign();
    const first = await verifier.verify(token);
    expect(first?.claims).toMatchObject({ sub: 'alice', jti: 'j1' });
    expect(await verifier.verify(token)).toEqual(first);
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('does not take another text for a token that it remembers', async () => {
    const { verifier, sign } = await setUp();
    const token = await sign();
    await verifier.verify(token);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const forged = Buffer.from(payload, 'base64url').toString().replace('alice', 'mally');
    for (const other of [
      `${header}.${Buffer.from(forged).toString('base64url')}.${signature}`,
      `${token}A`,
      token.slice(0, -1),
      `${token}=`,
    ]) {
      expect(await verifier.verify(other)).toBeNull();
      // What was refused is refused again.
      expect(await verifier.verify(other)).toBeNull();
    }
  });

  it('lets a remembered token expire', async () => {
    const { verifier, sign } = await setUp();
    const token = await sign('10s');
    expect(await verifier.verify(token)).not.toBeNull();
    jest.useFakeTimers({ now: Date.now() + 11_000, doNotFake: ['nextTick', 'setImmediate'] });
    expect(await verifier.verify(token)).toBeNull();
  });

  it('refuses a remembered token whose key is gone, and checks it anew under another one', async () => {
    const { verifier, sign, ring, held } = await setUp();
    const token = await sign();
    expect(await verifier.verify(token)).not.toBeNull();
    ring.key = undefined;
    expect(await verifier.verify(token)).toBeNull();
    ring.key = held();
    expect(await verifier.verify(token)).not.toBeNull();
    const stranger = await setUp();
    ring.key = stranger.held();
    expect(await verifier.verify(token)).toBeNull();
  });
});
