/** `response_type` is `code`: no token ever travels through the browser's address bar. */
import { InvalidRequestError } from '@keyward/oauth';
import { AuthorizationError } from '../authorization.error.js';
import { type CheckSubject } from './authorization.check.js';

/** The one response type of this server, and so of every client. */
export const CODE_RESPONSE_TYPE = 'code';

/**
 * @throws InvalidRequestError where it is missing
 * @throws AuthorizationError `unsupported_response_type` for every other
 * @see RFC 6749 section 3.1.1, RFC 9700 section 2.1.2
 */
export function checkResponseType({ parameters }: CheckSubject) {
  if (parameters.responseType === null) {
    throw new InvalidRequestError('the parameter response_type is missing');
  }
  if (parameters.responseType !== CODE_RESPONSE_TYPE) {
    throw new AuthorizationError('unsupported_response_type', 'the response_type must be code');
  }
  return {};
}
