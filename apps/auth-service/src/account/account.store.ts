/** Port: the accounts. */
import { type Account } from './account.js';

/** An account with what its password is checked against. */
export interface AccountWithPassword {
  readonly account: Account;
  /** PHC string of argon2id; null for an account that cannot sign in by password. */
  readonly passwordHash: string | null;
}

/** Reads accounts. */
export abstract class AccountStore {
  /**
   * Disabled accounts included: whoever asks decides what that means.
   * @returns null where there is none
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(accountId: string): Promise<Account | null>;

  /**
   * @param username as typed: compared after trimming, in lower case
   * @returns null where there is none; costs one read, found or not
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract findByUsername(username: string): Promise<AccountWithPassword | null>;
}
