/** The ways to sign in that the client would like. */
import { InvalidRequestError } from '@keyward/oauth';
import { type CheckSubject } from './authorization.check.js';

const MAX_ACR_VALUES = 16;

/**
 * Wishes, not demands: values that this server does not know are no error.
 * @throws InvalidRequestError for more than 16
 * @see OpenID Connect Core 1.0 section 3.1.2.1
 */
export function checkAcrValues({ parameters }: CheckSubject) {
  const acrValues = [...new Set(parameters.acrValues?.split(' ').filter((value) => value !== ''))];
  if (acrValues.length > MAX_ACR_VALUES) {
    throw new InvalidRequestError(`there are more than ${MAX_ACR_VALUES} acr_values`);
  }
  return { acrValues };
}
