/** Port: what the end of sessions and cookies still has to bring about, written with the end itself. */
import { type EndedSession } from './session.js';

/** Every entry stays until it is done; doing it twice is harmless, so any replica may. */
export abstract class SessionOutbox {
  /**
   * Hashes of cookies whose hot copies must go.
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract findStaleCopies(limit: number): Promise<readonly Buffer[]>;

  /** Notes that these copies are gone. */
  abstract forgetStaleCopies(cookieSha256s: readonly Buffer[]): Promise<void>;

  /**
   * Ended sessions, the longest ended first.
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract findUnsettled(limit: number): Promise<readonly EndedSession[]>;

  /** Notes that the grants of an ended session are revoked. */
  abstract settle(sid: string): Promise<void>;
}
