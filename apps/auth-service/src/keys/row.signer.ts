/** The signer of this process: private halves stand in their rows, encrypted. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { exportJWK } from 'jose';
import { type SigningAlgorithm } from '../config/environment.schema.js';
import { KeyDecryptionError, KeyEncryption } from './key-encryption.js';
import { thumbprintOf } from './key.thumbprint.js';
import { makeKeyPair, makeSignature } from './signature.js';
import { type GeneratedKey, type OpenedKey, Signer } from './signer.js';
import { type HeldPrivateKey, type StoredSigningKey } from './signing-key.js';
import { type EncryptedPrivateKey } from './signing-key.store.js';

/** The only place that sees a private key in the clear. */
@Injectable()
export class RowSigner extends Signer {
  readonly name = 'row';

  constructor(private readonly encryption: KeyEncryption) {
    super();
  }

  async generate(algorithm: SigningAlgorithm): Promise<GeneratedKey> {
    const { publicKey, privateKey } = await makeKeyPair(algorithm);
    const publicJwk = await exportJWK(publicKey);
    return { publicJwk, ...(await this.hold(privateKey, await thumbprintOf(publicJwk))) };
  }

  /** How a private half is stored under `kid`, and under no other. */
  async hold(privateKey: KeyObject, kid: string): Promise<HeldPrivateKey> {
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    const encryptedPrivateKey = await this.encryption.encrypt(der, contextOf(kid));
    der.fill(0);
    const keyVersion = this.encryption.currentVersion;
    return { signer: this.name, signerKey: null, encryptedPrivateKey, keyVersion };
  }

  async open(stored: StoredSigningKey): Promise<OpenedKey> {
    const der = await this.decrypt(stored);
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    der.fill(0);
    return {
      publicKey: createPublicKey(privateKey),
      sign: (data) => makeSignature(stored.algorithm, data, privateKey),
    };
  }

  /** The row is emptied by whoever changes it. */
  async destroy(): Promise<void> {
    return undefined;
  }

  /** Whether a key is encrypted under an older version than it could be. */
  isOutdated({ signer, keyVersion }: StoredSigningKey): boolean {
    return signer === this.name && keyVersion < this.encryption.currentVersion;
  }

  /**
   * The private part under the newest version.
   * @throws KeyDecryptionError where it cannot be read
   */
  async reencrypt(stored: StoredSigningKey): Promise<EncryptedPrivateKey> {
    const { kid } = stored;
    const der = await this.decrypt(stored);
    const encryptedPrivateKey = await this.encryption.encrypt(der, contextOf(kid));
    der.fill(0);
    return { kid, encryptedPrivateKey, keyVersion: this.encryption.currentVersion };
  }

  private decrypt({ kid, encryptedPrivateKey, keyVersion }: StoredSigningKey): Promise<Buffer> {
    if (encryptedPrivateKey === null) throw new KeyDecryptionError(contextOf(kid));
    return this.encryption.decrypt(encryptedPrivateKey, contextOf(kid), keyVersion);
  }
}

// Names the table and the row, so that a ciphertext cannot be moved to another.
function contextOf(kid: string): string {
  return `signing_key ${kid}`;
}
