/** Makes and recognises the tokens that pages send back (OWASP's signed double-submit cookie). */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

const CONTEXT = 'keyward/csrf/1:';

/**
 * A CSRF token is a tag over the access token that it goes with. So whoever can plant cookies, but
 * does not know the victim's access token, can plant no pair that goes with it; and nothing is kept.
 */
export class CsrfTokens {
  readonly #keys: readonly KeyObject[];

  /** @param keys the newest first */
  constructor(keys: readonly Uint8Array[]) {
    this.#keys = keys.map((key) => createSecretKey(key));
  }

  /** The token that goes with `accessToken`. */
  make(accessToken: string): string {
    return tagOf(this.#keys[0] as KeyObject, accessToken);
  }

  /** Whether `presented` goes with `accessToken`. Takes as long wherever they differ. */
  goesWith(presented: string, accessToken: string): boolean {
    return this.#keys.some((key) => isSame(presented, tagOf(key, accessToken)));
  }
}

/** Compares texts in a time that tells nothing but whether their lengths are the same. */
export function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function tagOf(key: KeyObject, accessToken: string): string {
  return createHmac('sha256', key).update(CONTEXT).update(accessToken).digest('base64url');
}
