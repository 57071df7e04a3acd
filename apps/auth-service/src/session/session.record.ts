/** Port: the record of sessions, which is the truth; the hot copies are made from it. */
import { type EndedSession, type Session } from './session.js';

/** What has to be so still when a session begins, or was proven for nothing. */
export interface SignInBasis {
  /** `signInEpoch` of the account, as it was read before the first of the proofs. */
  readonly signInEpoch: number;
  /** The session that vouches for a part of the proofs; null for none. */
  readonly sid: string | null;
}

/** A sign-in to be recorded. */
export interface SessionStart {
  readonly basis: SignInBasis;
  /** Its `sid` is for a new session; one that goes on keeps its own. */
  readonly session: Session;
  /** SHA-256 of the new cookie value. */
  readonly cookieSha256: Buffer;
  /** The same of the cookie that the browser had; null for none. */
  readonly formerCookieSha256: Buffer | null;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly now: Date;
}

/** What became of a sign-in. */
export interface StartedSession {
  readonly session: Session;
  /** The session of another account that it ended. */
  readonly ended: EndedSession | null;
}

/** A session whose end was just recorded. */
export interface RecordedEnd extends EndedSession {
  readonly cookieSha256: Buffer;
}

/** A live session as its owner sees it in a list. */
export interface SessionOverview {
  readonly sid: string;
  readonly authenticatedAt: Date;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  readonly address: string | null;
}

/** Why a session of one account ends where another one signs in in the same browser. */
export const ACCOUNT_CHANGED = 'account_changed';

/**
 * Sessions by the hash of their cookie. Whatever ends a session, or its cookie, writes in the same
 * transaction what follows from it: see SessionOutbox, and the deliveries of back-channel logout.
 */
export abstract class SessionRecord {
  /**
   * @returns null for an unknown cookie and for a session that ended or expired by `now`
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract find(cookieSha256: Buffer, now: Date): Promise<Session | null>;

  /**
   * Records a sign-in. In one transaction the former cookie becomes worthless: a live session of
   * the same account goes on under the new one, one of another account ends as
   * {@link ACCOUNT_CHANGED}. An expired session is left as it is. It comes before or after whatever
   * ends every sign-in of the account, never in between.
   *
   * @returns null where its basis is gone: nothing was done then
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract start(start: SessionStart): Promise<StartedSession | null>;

  /**
   * Ends a session. Of any number of calls one does it.
   * @returns null where there is none that has not ended before
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract end(sid: string, reason: string, now: Date): Promise<RecordedEnd | null>;

  /**
   * Puts the idle expiry off, never forward, unless that was done after `unlessSince` already. An
   * ended session stays as it is.
   *
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  abstract extend(sid: string, idleExpiresAt: Date, now: Date, unlessSince: Date): Promise<void>;

  /**
   * Whose session it is, or was as long as it is recorded.
   * @param sid a UUID
   * @returns null where there is none
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract findOwner(sid: string): Promise<string | null>;

  /** The live sessions of an account, the latest sign-in first. */
  abstract findOfAccount(accountId: string, now: Date): Promise<readonly SessionOverview[]>;

  /**
   * Removes up to `limit` sessions that expired, or ended and are settled, before a time.
   * @returns how many
   */
  abstract purge(before: Date, limit: number): Promise<number>;
}
