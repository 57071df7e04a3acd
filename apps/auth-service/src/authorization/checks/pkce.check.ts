/** Every request has an S256 code challenge, whatever the client. */
import { InvalidRequestError } from '@keyward/oauth';
import { type CheckSubject } from './authorization.check.js';

/** The one code challenge method of this server. */
export const CODE_CHALLENGE_METHOD = 'S256';

// 32 octets as base64url: 43 characters, of which the last has two spare bits, zero.
const CODE_CHALLENGE = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/**
 * @throws InvalidRequestError where the challenge is missing, is no SHA-256, or is `plain`, which
 *   an omitted method would mean
 * @see RFC 7636 sections 4.2 to 4.4.1, RFC 9700 section 2.1.1
 */
export function checkPkce({ parameters }: CheckSubject) {
  const { codeChallenge, codeChallengeMethod } = parameters;
  if (codeChallenge === null) {
    throw new InvalidRequestError('the parameter code_challenge is missing');
  }
  if (codeChallengeMethod !== CODE_CHALLENGE_METHOD) {
    throw new InvalidRequestError('the code_challenge_method must be S256');
  }
  if (!CODE_CHALLENGE.test(codeChallenge)) {
    throw new InvalidRequestError('the code_challenge is not the base64url of a SHA-256');
  }
  return { codeChallenge };
}
