/** Port: the accounts. */
import { type Account } from './account.js';

/** An account with what its password is checked against. */
export interface AccountWithPassword {
  readonly account: Account;
  /** PHC string of argon2id; null for an account that cannot sign in by password. */
  readonly passwordHash: string | null;
}

/** An account as an operator declares it; whether it is disabled is not for a declaration to say. */
export type AccountDeclaration = Omit<Account, 'disabledAt' | 'signInEpoch' | 'updatedAt'> & {
  /** Names of the groups it is in; default: none. What a group demands is declared apart. */
  readonly groups?: readonly string[];
};

/** The username belongs to another account. */
export class UsernameTakenError extends Error {
  constructor(username: string, options?: ErrorOptions) {
    super(`the username ${username} belongs to another account`, options);
    this.name = new.target.name;
  }
}

/** Reads and declares accounts. */
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

  /**
   * What the password last declared for an account hashed to. It stays when the person chooses
   * another one, which the same declaration, read again, must not undo.
   *
   * @returns null where no password was declared
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract findDeclaredPasswordHash(accountId: string): Promise<string | null>;

  /**
   * Creates the account, or changes what differs. Idempotent, and safe by several replicas at once. An
   * erased account stays erased.
   *
   * @param passwordHash the password to set from now on, which outdates every sign-in under way; null
   *   leaves the account's as it is
   * @throws UsernameTakenError where another account has the username
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract declare(account: AccountDeclaration, passwordHash: string | null): Promise<void>;

  /**
   * Replaces a hash by another one of the same password. Nothing happens where the account's hash
   * is no longer `from`: the person has chosen another password in the meantime.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract rehash(accountId: string, from: string, to: string): Promise<void>;
}

// Longer ones, and those that PostgreSQL cannot hold, are nobody's.
const MAX_USERNAME_LENGTH = 200;

/** The one spelling of a username, for comparing and counting; empty where it can be nobody's. */
export function canonicalUsername(username: string): string {
  const canonical = username.trim().toLowerCase();
  return canonical.length > MAX_USERNAME_LENGTH || canonical.includes('\0') ? '' : canonical;
}
