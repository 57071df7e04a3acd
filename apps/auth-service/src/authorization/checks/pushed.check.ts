/** A client that must push its requests has done so. */
import { InvalidRequestError } from '@keyward/oauth';
import { type CheckSubject } from './authorization.check.js';

/**
 * @throws InvalidRequestError for a request of such a client that came by the browser
 * @see RFC 9126 sections 5 and 6
 */
export function checkPushed({ client, pushed }: CheckSubject) {
  if (client.requirePushedRequests && !pushed) {
    throw new InvalidRequestError('this client must push its authorization requests');
  }
  return {};
}
