/** Which keys a client may register: public, of an algorithm that assertions are checked by. */
import { importJwkSet } from '@keyward/auth';
import { ASSERTION_ALGORITHMS } from './assertion.algorithms.js';

/**
 * What is wrong with a JWK Set, or null.
 * @see RFC 7517 section 5, RFC 7591 section 2: private members are never taken
 */
export function findJwksProblem(jwks: { readonly keys: readonly object[] }): string | null {
  const { keys, ignored } = importJwkSet({ ...jwks }, ASSERTION_ALGORITHMS);
  const [first] = ignored;
  if (first !== undefined) return `the key ${first.kid ?? 'without kid'} ${first.reason}`;
  if (keys.length === 0) return `no key is for one of ${ASSERTION_ALGORITHMS.join(', ')}`;
  if (keys.length > 1 && keys.some(({ kid }) => kid === undefined)) {
    return 'of several keys each needs a kid';
  }
  return null;
}
