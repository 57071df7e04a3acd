/** Port: the recovery codes of accounts, by their hash. */

/** Every method throws TemporarilyUnavailableError where it cannot be done. */
export abstract class RecoveryCodeStore {
  /** Replaces all codes of an account. */
  abstract replace(accountId: string, codesSha256: readonly Buffer[]): Promise<void>;

  /** Uses a code up: of any number of callers one is told true. */
  abstract claim(accountId: string, codeSha256: Buffer): Promise<boolean>;

  /** How many are left. */
  abstract count(accountId: string): Promise<number>;
}
