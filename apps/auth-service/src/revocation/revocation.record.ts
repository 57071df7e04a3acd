/** Port: the record of revocations, which is the truth; hot stores are restored from it. */

/** One revocation that still matters. */
export interface TokenRevocation {
  readonly jti: string;
  readonly expiresAt: Date;
}

/** Writes and reads revocations in the system of record. */
export abstract class RevocationRecord {
  /**
   * Records the revocation of one token, not yet relayed. Atomic and idempotent: of any number of
   * calls for a token the first one is kept.
   *
   * @param expiresAt until when the entry must be kept
   * @param reason for the operator
   * @throws TemporarilyUnavailableError where the record cannot be written
   */
  abstract revokeToken(jti: string, expiresAt: Date, reason: string): Promise<void>;

  /** Up to `limit` unexpired revocations that no hot store is known to hold, oldest first. */
  abstract findUnrelayed(limit: number): Promise<readonly TokenRevocation[]>;

  /** Notes that the hot store holds these. Idempotent; unknown ones are ignored. */
  abstract markRelayed(jtis: readonly string[]): Promise<void>;

  /**
   * Every unexpired revocation, in pages.
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract findUnexpired(): AsyncIterable<readonly TokenRevocation[]>;

  /** Removes entries whose tokens have expired anyway. */
  abstract deleteExpired(): Promise<void>;
}
