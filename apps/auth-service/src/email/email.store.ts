/** Port: which address an account has, and that each proven one is of one account alone. */

/** A change of address that somebody proved. */
export interface EmailReplacement {
  readonly accountId: string;
  /** What the account has had when the change was asked for; null for none. */
  readonly from: string | null;
  /** Where the link was opened: from now on proven. The same as `from` where only that was missing. */
  readonly to: string;
}

/** Reads and replaces addresses. */
export abstract class EmailStore {
  /**
   * Whether another account has proven the address; in whatever case it is written.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract isOfAnother(email: string, accountId: string): Promise<boolean>;

  /**
   * Gives the account the address, proven, in one step: of any number of accounts that are given the
   * same one at once, one gets it.
   *
   * @returns false, and changes nothing, where the account has another address than `from` by now,
   *   is disabled or gone, or where another account has proven the new one
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract replace(replacement: EmailReplacement): Promise<boolean>;
}
