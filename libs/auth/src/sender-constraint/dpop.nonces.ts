/** Nonces that a server hands out for DPoP proofs, and recognises without keeping any (RFC 9449 section 8). */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long each nonce is the one that is handed out, in seconds, unless told otherwise. */
export const DEFAULT_NONCE_SECONDS = 120;

/** Shortest key, in bytes. */
const MIN_KEY_BYTES = 32;

const CONTEXT = 'keyward/dpop-nonce/1';
const WINDOW_BYTES = 6;
const TAG_BYTES = 16;

/** The secret that replicas share, and how long a nonce lives. */
export interface DpopNonceOptions {
  /** At least 32 random bytes each. The first makes nonces; each recognises those that it made. */
  readonly keys: readonly Uint8Array[];
  /**
   * How long one nonce is handed out, in seconds. It is taken for as long again: who got it in the
   * last moment can still use it. Default 120.
   */
  readonly nonceSeconds?: number;
}

/**
 * A nonce is the number of a span of time and a tag over it, so every replica with the key knows it,
 * and nothing has to be stored or shared. That of the next span is taken too: another replica's
 * clock may be ahead.
 */
export class DpopNonces {
  readonly #keys: readonly Uint8Array[];
  readonly #windowMs: number;
  #newest = { window: -1, nonce: '' };

  /** @throws TypeError for no key, a short one, or a time that is none */
  constructor({ keys, nonceSeconds = DEFAULT_NONCE_SECONDS }: DpopNonceOptions) {
    if (keys.length === 0) throw new TypeError('DPoP nonces need a key');
    if (keys.some((key) => key.length < MIN_KEY_BYTES)) {
      throw new TypeError(`a key for DPoP nonces is shorter than ${MIN_KEY_BYTES} bytes`);
    }
    if (!Number.isFinite(nonceSeconds) || nonceSeconds < 1) {
      throw new TypeError('nonceSeconds is not a number of seconds');
    }
    this.#keys = keys;
    this.#windowMs = nonceSeconds * 1000;
  }

  /** The nonce to hand out now. */
  current(nowMs: number): string {
    const window = this.#windowOf(nowMs);
    if (this.#newest.window !== window) {
      this.#newest = { window, nonce: nonceOf(this.#keys[0] as Uint8Array, window) };
    }
    return this.#newest.nonce;
  }

  /** Whether it is one of this server's and young enough. */
  accepts(nonce: string, nowMs: number): boolean {
    if (nonce === this.#newest.nonce && this.#newest.window === this.#windowOf(nowMs)) return true;
    const bytes = Buffer.from(nonce, 'base64url');
    if (bytes.length !== WINDOW_BYTES + TAG_BYTES) return false;
    const window = bytes.readUIntBE(0, WINDOW_BYTES);
    if (Math.abs(window - this.#windowOf(nowMs)) > 1) return false;
    const presented = Buffer.from(nonce);
    return this.#keys.some((key) => {
      const expected = Buffer.from(nonceOf(key, window));
      return presented.length === expected.length && timingSafeEqual(presented, expected);
    });
  }

  #windowOf(nowMs: number): number {
    return Math.floor(nowMs / this.#windowMs);
  }
}

function nonceOf(key: Uint8Array, window: number): string {
  const nonce = Buffer.alloc(WINDOW_BYTES + TAG_BYTES);
  nonce.writeUIntBE(window, 0, WINDOW_BYTES);
  const tag = createHmac('sha256', key).update(CONTEXT).update(nonce.subarray(0, WINDOW_BYTES));
  tag.digest().copy(nonce, WINDOW_BYTES, 0, TAG_BYTES);
  return nonce.toString('base64url');
}
