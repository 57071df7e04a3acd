/** Port: the feed as a stream that resource servers of the same trust domain read for themselves. */
import { type PositionedRevocation } from '../revocation.js';

/** What is to stand in the stream behind its end. */
export interface StreamAddition {
  /** Where the stream has to end; null for one that is empty or missing. */
  readonly end: number | null;
  readonly revocations: readonly PositionedRevocation[];
  /** The position of the heartbeat behind them, up to which they are all; null for none. */
  readonly heartbeat: number | null;
}

/**
 * A copy of the record's order, which every replica extends. It is whole from its first entry in force
 * to its end: nothing is ever added but behind the end that the adder knows.
 */
export abstract class RevocationStream {
  /**
   * Adds all of it, where the stream ends as said, and nothing otherwise. Atomic. A heartbeat takes
   * the place of the one before, and is left out where that is younger than 2 seconds.
   *
   * @returns where the stream ends now, whoever brought it there; null where it is empty
   * @throws TemporarilyUnavailableError where the stream cannot be reached
   */
  abstract extend(addition: StreamAddition): Promise<number | null>;

  /**
   * Removes everything, where the stream ends as said. Atomic.
   * @throws TemporarilyUnavailableError where the stream cannot be reached
   */
  abstract clear(end: number): Promise<void>;

  /**
   * Removes what stands before `position`, perhaps not all of it.
   * @throws TemporarilyUnavailableError where the stream cannot be reached
   */
  abstract trim(position: number): Promise<void>;
}
