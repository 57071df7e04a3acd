/** Port: encrypts private keys at rest. The environment's key now, a KMS later. */
import { StartupError } from '../config/startup.error.js';

/** Encrypts what must not be readable from a copy of the database. */
export abstract class KeyEncryption {
  /** Version of the key that {@link encrypt} uses; stored beside what it encrypts. */
  abstract readonly currentVersion: number;

  /** @param context what the plaintext is; the same is needed to decrypt it */
  abstract encrypt(plaintext: Buffer, context: string): Promise<Buffer>;

  /**
   * @param keyVersion the version that it was encrypted under
   * @throws KeyDecryptionError for another key, another context, or a changed ciphertext
   */
  abstract decrypt(ciphertext: Buffer, context: string, keyVersion: number): Promise<Buffer>;
}

/** A private key that cannot be read back. */
export class KeyDecryptionError extends StartupError {
  constructor(context: string, options?: ErrorOptions) {
    super(
      `${context} cannot be decrypted: AUTH_KEY_ENCRYPTION_KEY is not the key it was encrypted with, or the row was changed`,
      options,
    );
  }
}

/** A private key that was encrypted under a version that this process was not given. */
export class UnknownKeyVersionError extends KeyDecryptionError {
  constructor(context: string, keyVersion: number) {
    super(context);
    this.message = `${context} cannot be decrypted: AUTH_KEY_ENCRYPTION_KEYS has no version ${keyVersion}`;
  }
}
