/** Port: slows down those who guess passwords, without locking anybody out. */

/** For whom and from where somebody tries to sign in. */
export interface SignInSource {
  /** In its one spelling; whether there is such an account makes no difference. */
  readonly username: string;
  /** An IP address; of IPv6 the /64 counts. */
  readonly address: string;
}

/** Whether an attempt may be looked at. */
export type BrakeDecision =
  { readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number };

/** Counts attempts for each account and each address. */
export abstract class SignInBrake {
  /**
   * Asks and counts in one atomic step, before the password is looked at: parallel guesses get no
   * more attempts than serial ones. An attempt that is not allowed counts for nothing, so that
   * nobody's wait grows by the knocking of others.
   *
   * @throws TemporarilyUnavailableError where it cannot be counted: then nobody may try
   */
  abstract attempt(source: SignInSource): Promise<BrakeDecision>;

  /**
   * The allowed attempt was the right one: the account's attempts are forgotten, and the address's
   * is taken back. The others of the address stay: whoever guesses may well have an account.
   *
   * @throws TemporarilyUnavailableError where it cannot be recorded; time forgets the attempt then
   */
  abstract succeed(source: SignInSource): Promise<void>;

  /**
   * The allowed attempt was not decided, for a reason that is not the person's: it is taken back.
   * @throws TemporarilyUnavailableError as above
   */
  abstract withdraw(source: SignInSource): Promise<void>;

  /**
   * Forgets every attempt at an account, wherever they came from: an operator vouches for its owner. What
   * is counted for addresses stays.
   *
   * @param username as in {@link SignInSource}
   * @throws TemporarilyUnavailableError as above
   */
  abstract forgive(username: string): Promise<void>;
}
