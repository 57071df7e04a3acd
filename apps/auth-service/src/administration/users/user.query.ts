/** Reads a search for people from a query. */
import { InvalidRequestError } from '@keyward/oauth';
import { ACCOUNT_STATUSES, type AccountQuery } from '../../account/account.registry.js';
import { canonicalUsername } from '../../account/account.store.js';
import { textsOf } from '../administration.request.js';

const NAMES = ['username', 'email', 'status', 'after', 'limit'] as const;

/** @throws InvalidRequestError for a parameter that is unknown, repeated or malformed */
export function parseUserQuery(query: Readonly<Record<string, unknown>>): AccountQuery {
  const { username, email, status } = textsOf(query, NAMES);
  const known = ACCOUNT_STATUSES.find((one) => one === status);
  if (status !== undefined && known === undefined) {
    throw new InvalidRequestError(`status must be one of ${ACCOUNT_STATUSES.join(', ')}`);
  }
  return {
    ...(username !== undefined && { usernamePrefix: canonicalUsername(username) }),
    ...(email !== undefined && { emailPrefix: email }),
    ...(known !== undefined && { status: known }),
  };
}
