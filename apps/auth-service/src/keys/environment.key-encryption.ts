/** Key encryption by AES-256-GCM under the keys that the environment gives, by version. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KeyDecryptionError, KeyEncryption, UnknownKeyVersionError } from './key-encryption.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Ciphertexts are iv || encrypted || tag; context and key version are authenticated with them. */
export class EnvironmentKeyEncryption extends KeyEncryption {
  readonly currentVersion: number;
  private readonly keys: ReadonlyMap<number, Buffer>;

  /** @param keys 32 bytes each, by version; one alone is version 1 */
  constructor(keys: ReadonlyMap<number, Buffer> | Buffer) {
    super();
    this.keys = Buffer.isBuffer(keys) ? new Map([[1, keys]]) : keys;
    this.currentVersion = Math.max(...this.keys.keys());
  }

  async encrypt(plaintext: Buffer, context: string): Promise<Buffer> {
    const iv = randomBytes(IV_BYTES);
    const key = this.keys.get(this.currentVersion) as Buffer;
    const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(context, this.currentVersion));
    return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  async decrypt(ciphertext: Buffer, context: string, keyVersion: number): Promise<Buffer> {
    const key = this.keys.get(keyVersion);
    if (key === undefined) throw new UnknownKeyVersionError(context, keyVersion);
    if (ciphertext.length < IV_BYTES + TAG_BYTES) throw new KeyDecryptionError(context);
    const iv = ciphertext.subarray(0, IV_BYTES);
    const encrypted = ciphertext.subarray(IV_BYTES, -TAG_BYTES);
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(context, keyVersion));
    decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(encrypted), decipher.final()]);
    } catch (error) {
      throw new KeyDecryptionError(context, { cause: error });
    }
  }
}

function additionalData(context: string, keyVersion: number): Buffer {
  return Buffer.from(`keyward/${context}/${keyVersion}`);
}
