/** How long ago the person may have signed in. */
import { InvalidRequestError } from '@keyward/oauth';
import { type CheckSubject } from './authorization.check.js';

const SECONDS = /^\d{1,9}$/;

/**
 * @throws InvalidRequestError where it is no number of seconds
 * @see OpenID Connect Core 1.0 section 3.1.2.1
 */
export function checkMaxAge({ parameters }: CheckSubject) {
  if (parameters.maxAge === null) return { maxAgeSeconds: null };
  if (!SECONDS.test(parameters.maxAge)) {
    throw new InvalidRequestError('the max_age must be a number of seconds');
  }
  return { maxAgeSeconds: Number(parameters.maxAge) };
}
