/** Port: the hot copies of live sessions, so that a request costs one look at hot state. */
import { type Session } from './session.js';

/** How a lookup uses the session that it finds. */
export interface SessionUse {
  readonly now: Date;
  /** How long the session may idle from now on. */
  readonly idleMs: number;
  /** How often the use is to be recorded. */
  readonly recordEveryMs: number;
}

/**
 * The right to make one copy, of what the record says after it was given. Whatever takes the copy
 * away takes the lease too, and so does a store that lost its state: whoever read the record before
 * a session ended cannot copy it afterwards.
 */
export interface SessionCopyLease {
  readonly nonce: string;
  /** Which process of the store gave it. */
  readonly origin: string;
}

/** What a lookup found. */
export type SessionCopyLookup =
  /** `recordDue`: whoever is told so, one in `recordEveryMs`, records the use. */
  | { readonly session: Session; readonly recordDue: boolean }
  | { readonly session: null; readonly lease: SessionCopyLease | null };

/** Keyed by the hash of the cookie. A copy expires with its session, and is never proof of an end. */
export abstract class SessionCopyStore {
  /** Changes whenever the store may not have been within reach for a while. */
  abstract get epoch(): string;

  /**
   * One atomic look: the live copy, its idle expiry put off, or else a lease. A copy that the store
   * may have brought back from an older state of itself does not count.
   *
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract find(cookieSha256: Buffer, use: SessionUse): Promise<SessionCopyLookup>;

  /**
   * Keeps a copy, unless there is one or the lease is no longer valid; atomic.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract put(
    cookieSha256: Buffer,
    lease: SessionCopyLease,
    session: Session,
    now: Date,
  ): Promise<void>;

  /**
   * Removes copy and leases. Idempotent.
   * @throws TemporarilyUnavailableError where the store cannot be reached
   */
  abstract remove(cookieSha256: Buffer): Promise<void>;
}
