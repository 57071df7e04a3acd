/** Key encryption by AES-256-GCM under the one key that the environment gives. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KeyDecryptionError, KeyEncryption } from './key-encryption.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Ciphertexts are iv || encrypted || tag; context and key version are authenticated with them. */
export class EnvironmentKeyEncryption extends KeyEncryption {
  readonly currentVersion = 1;

  /** @param key 32 bytes */
  constructor(private readonly key: Buffer) {
    super();
  }

  async encrypt(plaintext: Buffer, context: string): Promise<Buffer> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(context, this.currentVersion));
    return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  async decrypt(ciphertext: Buffer, context: string, keyVersion: number): Promise<Buffer> {
    if (keyVersion !== this.currentVersion || ciphertext.length < IV_BYTES + TAG_BYTES) {
      throw new KeyDecryptionError(context);
    }
    const iv = ciphertext.subarray(0, IV_BYTES);
    const encrypted = ciphertext.subarray(IV_BYTES, -TAG_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.key, iv, { authTagLength: TAG_BYTES });
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
