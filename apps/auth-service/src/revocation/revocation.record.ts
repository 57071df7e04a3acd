/** Port: the record of revocations and their outbox, which is the truth; hot stores are restored from it. */
import { type PositionedRevocation, type Revocation } from './revocation.js';

/** Writes and reads revocations in the system of record. */
export abstract class RevocationRecord {
  /**
   * Records a revocation, not yet relayed. Atomic and idempotent: of any number of calls for one
   * token, grant or key the first is kept. A client's moves on where it names a later time, and is
   * then relayed again.
   *
   * @param reason for the operator
   * @throws TemporarilyUnavailableError where the record cannot be written
   */
  abstract add(revocation: Revocation, reason: string): Promise<void>;

  /**
   * Revokes all that a client has by now: its tokens, and its grants with what refreshes them. One
   * transaction.
   *
   * @param by who asked for it
   * @throws TemporarilyUnavailableError where the record cannot be written; nothing was done then
   */
  abstract revokeClient(revocation: Revocation, reason: string, by: string): Promise<void>;

  /**
   * Revokes a signing key, which then neither signs nor is published, with all that it signed. One
   * transaction. Idempotent.
   *
   * @throws TemporarilyUnavailableError where the record cannot be written; nothing was done then
   */
  abstract revokeKey(revocation: Revocation, reason: string): Promise<void>;

  /**
   * Up to `limit` unexpired revocations that were not relayed everywhere, by position; those that
   * had none are given theirs first. Positions become visible in their order, which a sequence
   * could not do: transactions do not commit in the order in which they draw.
   *
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract findUnrelayed(limit: number): Promise<readonly PositionedRevocation[]>;

  /** Notes that these were relayed everywhere. Idempotent; unknown ones are ignored. */
  abstract markRelayed(positions: readonly number[]): Promise<void>;

  /**
   * Every unexpired revocation, relayed or not, in pages.
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract findUnexpired(): AsyncIterable<readonly Revocation[]>;

  /**
   * Up to `limit` unexpired revocations behind `position`, by position, and where the last position
   * given stands, both of one moment.
   *
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract findAfter(position: number, limit: number): Promise<RevocationPage>;

  /**
   * Removes up to `limit` entries whose tokens have expired anyway.
   * @returns how many
   */
  abstract deleteExpired(limit: number): Promise<number>;
}

/** A part of the record in its order. */
export interface RevocationPage {
  readonly revocations: readonly PositionedRevocation[];
  /** The last position that was ever given; 0 for none. */
  readonly lastPosition: number;
}
