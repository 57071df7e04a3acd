/** Port: the record of grants. Each revocation takes the grant's row and the outbox in one transaction. */
import { type Grant, type RecordedGrant, type RevocationCause } from './grant.js';

/** Writes and reads grants in the system of record. */
export abstract class GrantStore {
  /**
   * Records a grant. Atomic: of any number of calls for one id, and of revocations that came before
   * it, the first one wins. None is recorded once its session has ended: who signed out since has
   * not allowed it any more.
   *
   * @returns whether it was this one
   * @throws TemporarilyUnavailableError where the record cannot be written
   */
  abstract create(grant: Grant): Promise<boolean>;

  /**
   * Records that access tokens of a grant are for this resource too, so that it hears of the grant's
   * end. Atomic with a revocation: that one either is seen here or names the resource. Idempotent.
   *
   * @returns whether the grant is in force; nothing was recorded where not
   * @throws TemporarilyUnavailableError where the record cannot be written
   */
  abstract recordAudience(grantId: string, resource: string): Promise<boolean>;

  /**
   * Revokes a grant that is recorded; another id is ignored. Idempotent: the first cause is kept.
   * Waits for whoever holds the row, a rebuild of the hot state above all.
   *
   * @param outboxUntil when the last access token of the grant has expired
   * @throws TemporarilyUnavailableError where the record cannot be written; nothing was done then
   */
  abstract revoke(grantId: string, cause: RevocationCause, outboxUntil: Date): Promise<void>;

  /** The same, and a grant that is not recorded is inserted as revoked. */
  abstract revokeOrForestall(
    grant: Grant,
    cause: RevocationCause,
    outboxUntil: Date,
  ): Promise<void>;

  /** Revokes the grants of a session that lack `offline_access`. Idempotent. */
  abstract revokeOfSession(sid: string, cause: RevocationCause, outboxUntil: Date): Promise<void>;

  /**
   * @returns null for an id that was never recorded, or whose record was purged
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  abstract find(grantId: string): Promise<RecordedGrant | null>;

  /** Every grant of an account that is recorded, the latest first, ended ones included. */
  abstract findOfAccount(accountId: string): Promise<readonly RecordedGrant[]>;

  /**
   * Removes up to `limit` grants that ended by themselves before `before`.
   * @returns how many
   */
  abstract deleteExpired(before: Date, limit: number): Promise<number>;
}
