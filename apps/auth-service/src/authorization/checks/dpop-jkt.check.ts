/** `dpop_jkt` binds the code to the key that the client will redeem it with. */
import { InvalidDpopProofError, InvalidRequestError } from '@keyward/oauth';
import { type CheckSubject } from './authorization.check.js';

// 32 octets as base64url: 43 characters, of which the last has two spare bits, zero.
const THUMBPRINT = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/**
 * The key that a pushed request proves binds the code as well as the parameter does.
 *
 * @throws InvalidRequestError where the parameter is no SHA-256 thumbprint
 * @throws InvalidDpopProofError where it names another key than the one that was proved
 * @see RFC 9449 sections 10 and 10.1
 */
export function checkDpopJkt({ parameters, provenJkt }: CheckSubject) {
  const { dpopJkt } = parameters;
  if (dpopJkt !== null && !THUMBPRINT.test(dpopJkt)) {
    throw new InvalidRequestError('dpop_jkt is not the base64url of a SHA-256');
  }
  if (dpopJkt !== null && provenJkt !== null && dpopJkt !== provenJkt) {
    throw new InvalidDpopProofError('dpop_jkt names another key than that of the DPoP proof');
  }
  return { dpopJkt: dpopJkt ?? provenJkt };
}
