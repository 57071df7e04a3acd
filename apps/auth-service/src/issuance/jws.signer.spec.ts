import { generateKeyPair, jwtVerify } from 'jose';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../config/environment.schema.js';
import { makeSignature } from '../keys/signature.js';
import { type SigningKey } from '../keys/signing-key.js';
import { signJwt } from './jws.signer.js';
import { KeyObject } from 'node:crypto';

describe('signJwt', () => {
  async function keyOf(algorithm: SigningAlgorithm) {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const key: SigningKey = {
      kid: 'k1',
      algorithm,
      publicJwk: {},
      publicKey: KeyObject.from(publicKey),
      verificationKey: null,
      sign: (data) => makeSignature(algorithm, data, KeyObject.from(privateKey)),
      status: 'active',
      signFrom: new Date(),
      signUntil: null,
      createdAt: new Date(),
    };
    return { key, publicKey };
  }

  it.each(SIGNING_ALGORITHMS)(
    'makes with %s what jose accepts under this key and no other',
    async (algorithm) => {
      const { key, publicKey } = await keyOf(algorithm);
      const other = await keyOf(algorithm);
      const claims = { sub: 'ü', aud: ['a', 'b'], exp: 4_000_000_000, nonce: undefined };
      const token = await signJwt(key, 'at+jwt', claims);
      const verified = await jwtVerify(token, publicKey, { algorithms: [algorithm] });
      expect(verified.protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid: 'k1' });
      expect(verified.payload).toEqual({ sub: 'ü', aud: ['a', 'b'], exp: 4_000_000_000 });
      await expect(jwtVerify(token, other.publicKey)).rejects.toThrow('signature');
    },
  );

  it('signs many at a time, each its own', async () => {
    const { key, publicKey } = await keyOf('ES256');
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) => signJwt(key, 'at+jwt', { sub: String(index) })),
    );
    const subjects = await Promise.all(
      tokens.map(async (token) => (await jwtVerify(token, publicKey)).payload.sub),
    );
    expect(subjects).toEqual(Array.from({ length: 50 }, (_, index) => String(index)));
  });
});
