/** Port: which passwords others are known to have used. */

/** Asked before a password is set, never at sign-in. */
export abstract class BreachedPasswords {
  /**
   * Whether a guesser would try this early on.
   *
   * @param password in the clear: an adapter that asks a service sends at most a part of its hash
   * @throws TemporarilyUnavailableError where it cannot be known; the password is not set then
   * @see NIST SP 800-63B-4 section 3.1.1.2
   */
  abstract contains(password: string): Promise<boolean>;
}
