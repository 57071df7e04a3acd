/** `login_hint` fills in the sign-in page, and decides nothing. */
import { type CheckSubject } from './authorization.check.js';

/** @see OpenID Connect Core 1.0 section 3.1.2.1; its length was limited by the parser */
export function checkLoginHint({ parameters }: CheckSubject) {
  return { loginHint: parameters.loginHint };
}
