/** Reads the parameters of the authorization code grant. */
import { createHash } from 'node:crypto';
import { InvalidRequestError } from '@keyward/oauth';
import { type FormParameters } from '../../http/form.parser.js';

/** What a client presents for its tokens. */
export interface AuthorizationCodeRequest {
  readonly code: string;
  readonly redirectUri: string;
  /** What the challenge of the authorization request has to be, for the presented verifier. */
  readonly codeChallenge: string;
}

const MAX_CODE_LENGTH = 128;

// code-verifier = 43*128unreserved (RFC 7636 section 4.1)
const CODE_VERIFIER = /^[\w.~-]{43,128}$/;

/**
 * All three are demanded of every client: each code has a challenge, and each authorization request
 * a redirect_uri.
 *
 * @throws InvalidRequestError for a missing, repeated or malformed parameter
 * @see RFC 6749 section 4.1.3, RFC 7636 section 4.5
 */
export function parseAuthorizationCodeRequest(form: FormParameters): AuthorizationCodeRequest {
  const code = form.required('code');
  if (code.length > MAX_CODE_LENGTH) throw new InvalidRequestError('the code is too long');
  const verifier = form.required('code_verifier');
  if (!CODE_VERIFIER.test(verifier)) {
    throw new InvalidRequestError('the code_verifier must be 43 to 128 unreserved characters');
  }
  const codeChallenge = createHash('sha256').update(verifier, 'ascii').digest('base64url');
  return { code, redirectUri: form.required('redirect_uri'), codeChallenge };
}
