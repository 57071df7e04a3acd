/** What becomes of a token that is bound to a key, where the verifier knows the token alone. */
import { type Principal } from '../principal/principal.js';
import { RefusedTokenError } from './refusal.js';

/**
 * What happens to a token that is bound to a key (`cnf`). Nobody may take one who does not hold it
 * against its sender: `refused` is for whoever knows the token alone, `unchecked` for a caller that
 * asks the request for the key.
 */
export type BoundTokens = 'refused' | 'unchecked';

/** The same principal, now or by a promise, where its token is bound to no key. */
export function unbound(verified: Principal | Promise<Principal>): Principal | Promise<Principal> {
  return verified instanceof Promise ? verified.then(refuseBound) : refuseBound(verified);
}

/**
 * @throws RefusedTokenError for a token that is bound to a key
 * @see RFC 7800 section 3.1, RFC 9449 section 7.2
 */
export function refuseBound(principal: Principal): Principal {
  if (principal.claims['cnf'] === undefined) return principal;
  throw new RefusedTokenError('confirmation', 'bound_token_alone', undefined, principal.issuer);
}
