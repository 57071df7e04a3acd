import { randomBytes } from 'node:crypto';
import { EnvironmentKeyEncryption } from './environment.key-encryption.js';
import { KeyDecryptionError } from './key-encryption.js';

describe('EnvironmentKeyEncryption', () => {
  it('encrypts under the newest version and reads every one that it was given', async () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const before = await new EnvironmentKeyEncryption(first).encrypt(plaintext, 'a');
    const both = new EnvironmentKeyEncryption(
      new Map([
        [2, second],
        [1, first],
      ]),
    );
    expect(both.currentVersion).toBe(2);
    expect(await both.decrypt(before, 'a', 1)).toEqual(plaintext);
    const after = await both.encrypt(plaintext, 'a');
    expect(await both.decrypt(after, 'a', 2)).toEqual(plaintext);
    await expect(both.decrypt(after, 'a', 1)).rejects.toThrow(KeyDecryptionError);
    await expect(new EnvironmentKeyEncryption(first).decrypt(after, 'a', 2)).rejects.toThrow(
      'a cannot be decrypted: AUTH_KEY_ENCRYPTION_KEYS has no version 2',
    );
  });

  const encryption = new EnvironmentKeyEncryption(randomBytes(32));
  const plaintext = Buffer.from('a private key');

  it('gives back what it encrypted, and never encrypts alike', async () => {
    const first = await encryption.encrypt(plaintext, 'signing_key a');
    const second = await encryption.encrypt(plaintext, 'signing_key a');
    expect(first).not.toEqual(second);
    expect(first.includes(plaintext)).toBe(false);
    expect(await encryption.decrypt(first, 'signing_key a', 1)).toEqual(plaintext);
    expect(await encryption.decrypt(second, 'signing_key a', 1)).toEqual(plaintext);
  });

  it('refuses another row, another version, another key and every changed octet', async () => {
    const ciphertext = await encryption.encrypt(plaintext, 'signing_key a');
    const other = new EnvironmentKeyEncryption(randomBytes(32));
    const attempts = [
      encryption.decrypt(ciphertext, 'signing_key b', 1),
      encryption.decrypt(ciphertext, 'signing_key a', 2),
      other.decrypt(ciphertext, 'signing_key a', 1),
      encryption.decrypt(Buffer.alloc(0), 'signing_key a', 1),
      encryption.decrypt(ciphertext.subarray(0, -1), 'signing_key a', 1),
      ...Array.from(ciphertext, (_, index) => {
        const changed = Buffer.from(ciphertext);
        changed[index] = (changed[index] ?? 0) ^ 1;
        return encryption.decrypt(changed, 'signing_key a', 1);
      }),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toThrow(KeyDecryptionError);
  });
});
