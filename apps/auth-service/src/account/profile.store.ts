/** Port: what people themselves say of who they are. */
import { type Account } from './account.js';

/** What a person may change without proving anything. */
export type Profile = Pick<Account, 'name' | 'givenName' | 'familyName'>;

export abstract class ProfileStore {
  /**
   * Saves it all; it stays when the operator's declaration is read again, until that one changes.
   *
   * @returns whether anything is other than before; false too where there is no such account
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  abstract save(accountId: string, profile: Profile): Promise<boolean>;
}
