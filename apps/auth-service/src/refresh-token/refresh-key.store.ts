/** Port: the record of check values, one for each version of K that was ever in use. */

export abstract class RefreshKeyStore {
  /**
   * Records the check value of a version, unless one is recorded. Atomic.
   * @returns the recorded one, this or an earlier
   * @throws TemporarilyUnavailableError where the record cannot be written
   */
  abstract register(version: number, checkValue: Buffer): Promise<Buffer>;

  /** @returns 0 where there is none */
  abstract newestVersion(): Promise<number>;
}
