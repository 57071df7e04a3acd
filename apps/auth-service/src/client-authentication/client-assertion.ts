/** A client assertion before anything about it is believed (RFC 7523 section 2.2). */
import { decodeJwt } from 'jose';

/** Longest assertion that is looked at, in characters. */
export const MAX_ASSERTION_LENGTH = 8192;

/**
 * Whom an assertion claims to be from, so that the keys can be found that decide it.
 * @returns an empty text, which is no client's id, for whatever is not a JWT with a `sub`
 */
export function readClaimedClientId(assertion: string): string {
  if (assertion.length > MAX_ASSERTION_LENGTH) return '';
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === 'string' ? sub : '';
  } catch {
    return '';
  }
}
