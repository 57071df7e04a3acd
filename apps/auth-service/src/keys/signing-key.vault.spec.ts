import { calculateJwkThumbprint, jwtVerify } from 'jose';
import { SIGNING_ALGORITHMS } from '../config/environment.schema.js';
import { KeyDecryptionError } from './key-encryption.js';
import { createVault } from '../testing/key-ring.fixture.js';
import { forgeJwt } from '../testing/forged.jwt.js';
import { CorruptedKeyError } from './signing-key.vault.js';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

describe('SigningKeyVault', () => {
  const { vault } = createVault();

  it.each(SIGNING_ALGORITHMS)(
    'makes an %s key that signs after it was stored',
    async (algorithm) => {
      const stored = await vault.generate(algorithm);
      expect(stored).toMatchObject({
        algorithm,
        status: 'active',
        kid: await calculateJwkThumbprint(stored.publicJwk),
        publicJwk: { alg: algorithm, use: 'sig', kid: stored.kid },
      });
      for (const member of PRIVATE_MEMBERS) expect(stored.publicJwk).not.toHaveProperty(member);

      const key = await vault.open(stored);
      const token = await forgeJwt(key, { alg: algorithm }, { a: 1 });
      expect((await jwtVerify(token, stored.publicJwk)).payload).toEqual({ a: 1 });
      expect((await jwtVerify(token, key.publicKey)).payload).toEqual({ a: 1 });
    },
  );

  it.each([
    ['a public half of another key', async () => ({ publicJwk: (await other()).publicJwk })],
    ['a public half that is none', async () => ({ publicJwk: { kty: 'EC' } })],
    ['another algorithm', async () => ({ algorithm: 'ES384' as const })],
  ])('refuses a row with %s', async (_, change) => {
    const stored = { ...(await vault.generate('ES256')), ...(await change()) };
    await expect(vault.open(stored)).rejects.toThrow(CorruptedKeyError);
  });
  const other = () => vault.generate('ES256');

  it('refuses a private part that was moved to another row', async () => {
    const first = await vault.generate('ES256');
    const second = await vault.generate('ES256');
    const moved = { ...second, encryptedPrivateKey: first.encryptedPrivateKey };
    await expect(vault.open(moved)).rejects.toThrow(KeyDecryptionError);
  });
});
