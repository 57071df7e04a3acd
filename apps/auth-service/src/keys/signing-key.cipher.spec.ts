import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, jwtVerify, SignJWT } from 'jose';
import { SIGNING_ALGORITHMS } from '../config/environment.schema.js';
import { EnvironmentKeyEncryption } from './environment.key-encryption.js';
import { KeyDecryptionError } from './key-encryption.js';
import { CorruptedKeyError, SigningKeyCipher } from './signing-key.cipher.js';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

describe('SigningKeyCipher', () => {
  const cipher = new SigningKeyCipher(new EnvironmentKeyEncryption(randomBytes(32)));

  it.each(SIGNING_ALGORITHMS)(
    'makes an %s key that signs after it was stored',
    async (algorithm) => {
      const stored = await cipher.generate(algorithm);
      expect(stored).toMatchObject({
        algorithm,
        status: 'active',
        kid: await calculateJwkThumbprint(stored.publicJwk),
        publicJwk: { alg: algorithm, use: 'sig', kid: stored.kid },
      });
      for (const member of PRIVATE_MEMBERS) expect(stored.publicJwk).not.toHaveProperty(member);

      const key = await cipher.open(stored);
      const token = await new SignJWT({ a: 1 })
        .setProtectedHeader({ alg: algorithm })
        .sign(key.privateKey);
      expect((await jwtVerify(token, stored.publicJwk)).payload).toEqual({ a: 1 });
      expect((await jwtVerify(token, key.publicKey)).payload).toEqual({ a: 1 });
    },
  );

  it.each([
    ['a public half of another key', async () => ({ publicJwk: (await other()).publicJwk })],
    ['a public half that is none', async () => ({ publicJwk: { kty: 'EC' } })],
    ['another algorithm', async () => ({ algorithm: 'ES384' as const })],
  ])('refuses a row with %s', async (_, change) => {
    const stored = { ...(await cipher.generate('ES256')), ...(await change()) };
    await expect(cipher.open(stored)).rejects.toThrow(CorruptedKeyError);
  });
  const other = () => cipher.generate('ES256');

  it('refuses a private part that was moved to another row', async () => {
    const first = await cipher.generate('ES256');
    const second = await cipher.generate('ES256');
    const moved = { ...second, encryptedPrivateKey: first.encryptedPrivateKey };
    await expect(cipher.open(moved)).rejects.toThrow(KeyDecryptionError);
  });
});
