/** No request object, no request_uri of a stranger, no registration in passing. */
import { AuthorizationError } from '../authorization.error.js';
import { type CheckSubject } from './authorization.check.js';

/**
 * A request_uri of this server never comes here: what was pushed takes the place of everything that
 * stands beside it.
 *
 * @throws AuthorizationError `request_not_supported`, `request_uri_not_supported` or
 *   `registration_not_supported`
 * @see OpenID Connect Core 1.0 sections 3.1.2.6 and 6, RFC 9126 section 2.1
 */
export function checkRequestObject({ parameters, pushed }: CheckSubject) {
  if (parameters.request !== null) {
    throw new AuthorizationError('request_not_supported', 'request objects are not supported');
  }
  if (parameters.requestUri !== null) {
    throw pushed
      ? new AuthorizationError('invalid_request', 'a pushed request cannot refer to another one')
      : new AuthorizationError(
          'request_uri_not_supported',
          'only a request_uri of the pushed authorization request endpoint is taken',
        );
  }
  if (parameters.registration !== null) {
    throw new AuthorizationError('registration_not_supported', 'clients are registered beforehand');
  }
  return {};
}
