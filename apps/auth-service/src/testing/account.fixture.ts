/** An account for tests, of which each says what matters to it. */
import { randomUUID } from 'node:crypto';
import { type AccountDeclaration } from '../account/account.store.js';

/** Nobody in particular, under an id of its own. */
export function accountFixture(change: Partial<AccountDeclaration> = {}): AccountDeclaration {
  return {
    accountId: randomUUID(),
    username: 'ada',
    name: null,
    givenName: null,
    familyName: null,
    picture: null,
    locale: null,
    zoneinfo: null,
    email: null,
    emailVerified: false,
    phoneNumber: null,
    phoneNumberVerified: false,
    address: null,
    ...change,
  };
}
