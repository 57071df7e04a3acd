/** Encrypts what a backend keeps in Redis (AES-256-GCM), by keys that can be replaced. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A key and the number by which sealed text names it. */
export interface SealingKey {
  /** 0 to 255, never used for another key. */
  readonly version: number;
  /** 32 random bytes. */
  readonly key: Uint8Array;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The first key seals; all of them open. To replace a key put the new one in front, and take the old
 * one away when the longest session is over.
 */
export class SealingKeys {
  readonly #byVersion: ReadonlyMap<number, Uint8Array>;
  readonly #current: SealingKey;

  /** @throws TypeError for keys that cannot be used, without showing them */
  constructor(keys: readonly SealingKey[]) {
    const [current] = keys;
    if (current === undefined) throw new TypeError('sessions in Redis need a key to encrypt by');
    for (const { version, key } of keys) {
      if (!Number.isInteger(version) || version < 0 || version > 255) {
        throw new TypeError('the version of a sealing key is a number from 0 to 255');
      }
      if (!(key instanceof Uint8Array) || key.byteLength !== 32) {
        throw new TypeError(`the sealing key of version ${version} is not 32 bytes`);
      }
    }
    this.#byVersion = new Map(keys.map(({ version, key }) => [version, key]));
    if (this.#byVersion.size !== keys.length)
      throw new TypeError('two sealing keys of one version');
    this.#current = current;
  }

  /** @param place what the text is for: sealed for one place it cannot be opened at another */
  seal(text: string, place: string): string {
    const { version, key } = this.#current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(associatedData(version, place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const parts = [Buffer.of(version), nonce, cipher.getAuthTag(), sealed];
    return Buffer.concat(parts).toString('base64url');
  }

  /** The text; null where it was sealed by an unknown key or for another place, or was changed. */
  open(sealed: string, place: string): string | null {
    const bytes = Buffer.from(sealed, 'base64url');
    const version = bytes[0];
    const key = version === undefined ? undefined : this.#byVersion.get(version);
    const start = 1 + NONCE_BYTES + TAG_BYTES;
    if (version === undefined || key === undefined || bytes.length < start) return null;
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(version, place));
    decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, start));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString();
    } catch {
      // The tag does not fit, and that is all there is to know.
      return null;
    }
  }
}

function associatedData(version: number, place: string): Buffer {
  return Buffer.from(`keyward/bff/1 ${version} ${place}`);
}
