/** `nonce` binds the ID token to the client's own session. */
import { type CheckSubject } from './authorization.check.js';

/** Optional for the code flow (OpenID Connect Core 1.0 section 3.1.2.1); limited by the parser. */
export function checkNonce({ parameters }: CheckSubject) {
  return { nonce: parameters.nonce };
}
