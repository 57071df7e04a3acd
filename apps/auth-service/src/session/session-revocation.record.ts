/** Port: ends sessions together with the grants that came of them. */
import { type RevocationCause } from '../grant/grant.js';
import { type RecordedEnd } from './session.record.js';

/** Two hashes of passwords, as PHC strings. */
export interface PasswordReplacement {
  readonly from: string;
  readonly to: string;
}

/** Which sessions of an account go on, with their grants. */
export type KeptSessions = 'all' | 'none' | { readonly sid: string };

/** Each method is one transaction: sessions, grants, and what follows from their end. */
export abstract class SessionRevocationRecord {
  /**
   * Ends a session and revokes its grants without `offline_access`. Idempotent.
   * @param outboxUntil when the last access token of the grants has expired
   * @returns null where there is no session that has not ended before
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract revokeSession(
    sid: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<RecordedEnd | null>;

  /**
   * Ends every session of an account and revokes every grant, `offline_access` or not. Idempotent. A
   * grant that is about to be recorded for a code of one of these sessions is revoked or refused.
   *
   * @returns the sessions that it ended
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract revokeAccount(
    accountId: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<readonly RecordedEnd[]>;

  /**
   * The same but for one session and its grants. Where that one has ended it ends the others all the same.
   *
   * @returns the sessions that it ended
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract revokeOthers(
    accountId: string,
    keptSid: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<readonly RecordedEnd[]>;

  /**
   * The same, together with a new password: nobody who knew the old one stays signed in, but for whom
   * `kept` names.
   *
   * @param hashes of the password that is replaced, and of the new one
   * @param kept default: none
   * @returns null where the account's password is no longer that, or the account is disabled: nothing
   *   was done then
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract replacePassword(
    accountId: string,
    hashes: PasswordReplacement,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
    kept?: KeptSessions,
  ): Promise<readonly RecordedEnd[] | null>;

  /**
   * The same as {@link revokeAccount}, and nobody can sign in to the account any more. Idempotent.
   *
   * @returns null where there is no such account
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract disableAccount(
    accountId: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<readonly RecordedEnd[] | null>;

  /**
   * The same, and what the person is known by is forgotten: for good, and the account stays disabled. Its
   * id is kept, so that it is never given to another. Idempotent.
   *
   * @returns null where there is no such account
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract eraseAccount(
    accountId: string,
    cause: RevocationCause,
    outboxUntil: Date,
    now: Date,
  ): Promise<readonly RecordedEnd[] | null>;
}
