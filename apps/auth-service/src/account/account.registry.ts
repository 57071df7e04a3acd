/** Port: the accounts as those see them who keep them. */
import { type Account } from './account.js';

/** An account, and what of it no sign-in asks for. */
export interface RegisteredAccount {
  readonly account: Account;
  /** Names of the groups it is in. */
  readonly groups: readonly string[];
  /** Whether one is set, known to somebody or not; an account of a provider alone has none. */
  readonly hasPassword: boolean;
  readonly createdAt: Date;
  /** Since when it is no person's any more. */
  readonly erasedAt: Date | null;
}

/** What an administrator may say of a person. */
export type AccountProfile = Omit<
  Account,
  'accountId' | 'disabledAt' | 'signInEpoch' | 'updatedAt'
> & { readonly groups: readonly string[] };

/** Every {@link AccountStatus}. */
export const ACCOUNT_STATUSES = ['enabled', 'disabled', 'erased'] as const;

/** Whether somebody can sign in; `erased` is none of the other two. */
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** Which accounts are asked for; members that are given must all hold. */
export interface AccountQuery {
  /** What a username begins with, in its one spelling. */
  readonly usernamePrefix?: string;
  /** What an e-mail address begins with, in whatever case. */
  readonly emailPrefix?: string;
  readonly status?: AccountStatus;
}

/** What a change made of an account. */
export interface AccountChange {
  readonly before: RegisteredAccount;
  readonly after: RegisteredAccount;
}

/** What is in force for an account. */
export interface AccountUse {
  readonly sessions: number;
  readonly grants: number;
}

/** Reads all accounts, and writes what is said of them. Ends of sign-ins are SessionRevocationRecord's. */
export abstract class AccountRegistry {
  /**
   * Accounts in the order of their usernames, disabled and erased ones included.
   * @param after the username before the first one; null for the beginning
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract list(
    query: AccountQuery,
    after: string | null,
    limit: number,
  ): Promise<readonly RegisteredAccount[]>;

  /**
   * @returns null where there is none
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(accountId: string): Promise<RegisteredAccount | null>;

  /** @throws TemporarilyUnavailableError where the store cannot be reached */
  abstract countUse(accountId: string, now: Date): Promise<AccountUse>;

  /**
   * @throws UsernameTakenError where another account has the username; of any number of callers one gets it
   * @throws AccountConflictError where the address counts as proven, and another account has proven it
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract create(
    accountId: string,
    profile: AccountProfile,
    passwordHash: string | null,
  ): Promise<RegisteredAccount>;

  /**
   * Changes these members in one step: nobody else's change gets in between. Another address counts as
   * unproven unless the change says otherwise. An erased account stays as it is.
   *
   * @returns null where there is no such account, or it was erased
   * @throws as {@link create}
   */
  abstract change(
    accountId: string,
    members: Partial<AccountProfile>,
  ): Promise<AccountChange | null>;

  /**
   * Lets somebody sign in to it again. Idempotent.
   * @returns null where there is no such account, or it was erased
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract enable(accountId: string): Promise<AccountChange | null>;
}
