/** The client may use authorization codes at all. */
import { AUTHORIZATION_CODE_GRANT, UnauthorizedClientError } from '@keyward/oauth';
import { type CheckSubject } from './authorization.check.js';

/**
 * @throws UnauthorizedClientError where it is not registered for the authorization code grant
 * @see RFC 6749 section 4.1.2.1
 */
export function checkGrantType({ client }: CheckSubject) {
  if (!client.grantTypes.includes(AUTHORIZATION_CODE_GRANT)) {
    throw new UnauthorizedClientError('the client is not registered for authorization codes');
  }
  return {};
}
