import { createPublicKey, type JsonWebKey, randomBytes } from 'node:crypto';
import { type KeyManagementAlgorithm } from '@keyward/oauth';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { selectRecipientKey, UnusableRecipientKeyError } from './recipient.key.js';

const pairOf = async (alg: string, options: object = {}) => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options });
  return { open: await exportJWK(publicKey), secret: await exportJWK(privateKey) };
};
const P256 = await pairOf('ECDH-ES', { crv: 'P-256' });
const P384 = await pairOf('ECDH-ES', { crv: 'P-384' });
const X25519 = await pairOf('ECDH-ES', { crv: 'X25519' });
const RSA = await pairOf('RSA-OAEP-256');
const enc = (jwk: JWK, kid = 'k') => ({ ...jwk, use: 'enc', kid });

/** One that WebCrypto will not make: 1024 bits. */
const WEAK_RSA = { kty: 'RSA', n: randomBytes(128).fill(1, 127).toString('base64url'), e: 'AQAB' };

describe('selectRecipientKey', () => {
  it.each<[string, JWK, KeyManagementAlgorithm]>([
    ['P-256', P256.open, 'ECDH-ES'],
    ['X25519', X25519.open, 'ECDH-ES'],
    ['RSA', RSA.open, 'RSA-OAEP-256'],
  ])('takes a key of %s', (_, jwk, alg) => {
    const { kid, key } = selectRecipientKey([enc(jwk)], alg);
    expect(kid).toBe('k');
    expect(key.equals(createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }))).toBe(true);
  });

  it('takes the first one that is for encryption by the algorithm', () => {
    const keys = [
      { ...P256.open, kid: 'unmarked' },
      { ...P256.open, use: 'sig', kid: 'signs' },
      enc(P384.open, 'curve'),
      enc(RSA.open, 'rsa'),
      { ...enc(P256.open, 'other'), alg: 'ECDH-ES+A256KW' },
      null,
      'text',
      { ...enc(P256.open, 'new'), alg: 'ECDH-ES' },
      enc(X25519.open, 'old'),
    ];
    expect(selectRecipientKey(keys, 'ECDH-ES').kid).toBe('new');
    expect(selectRecipientKey(keys, 'RSA-OAEP-256').kid).toBe('rsa');
  });

  it.each<[string, object, RegExp]>([
    ['on another curve', enc(P384.open), /no key with use enc/],
    ['without use', { ...P256.open, kid: 'k' }, /no key with use enc/],
    ['without kid', { ...P256.open, use: 'enc' }, /needs a kid/],
    ['with a kid that is too long', enc(P256.open, 'k'.repeat(257)), /needs a kid/],
    ['that is private', enc(P256.secret), /is private/],
    ['that is off its curve', enc({ ...P256.open, y: P256.open.x }), /is not a public key/],
    ['without a member', enc({ ...P256.open, y: undefined }), /is not a public key/],
    // RFC 7748 section 6.1: whoever agrees with it gets zeros, and so does everybody else.
    [
      'of small order',
      enc({ ...X25519.open, x: Buffer.alloc(32).toString('base64url') }),
      /is not/,
    ],
  ])('refuses a key %s', (_, jwk, message) => {
    expect(() => selectRecipientKey([jwk], 'ECDH-ES')).toThrow(UnusableRecipientKeyError);
    expect(() => selectRecipientKey([jwk], 'ECDH-ES')).toThrow(message);
  });

  it('refuses RSA below 2048 bits', () => {
    expect(() => selectRecipientKey([enc(WEAK_RSA)], 'RSA-OAEP-256')).toThrow(/RSA of \d+ bits/);
  });
});
