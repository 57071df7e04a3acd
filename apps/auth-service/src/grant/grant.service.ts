/** Grants: created once, revoked for good. */
import { type Grant } from './grant.js';

/** Who ended a grant, and why, for the audit. */
export interface RevocationCause {
  /** `code_replayed`, `signed_out`, `client_request`, `refresh_reused` and the like. */
  readonly reason: string;
  /** Who asked for it: `client <id>`, `account <id>`, `server`. */
  readonly by: string;
}

export abstract class GrantService {
  /**
   * Records a new grant.
   * @returns false where the id is taken: redeemed before, or revoked before it could be inserted
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  abstract create(grant: Grant): Promise<boolean>;

  /**
   * Revokes a grant and every token that came of it. One transaction: the grant's row and the
   * outbox. Idempotent; the first cause is kept.
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  abstract revoke(grantId: string, cause: RevocationCause): Promise<void>;

  /**
   * Revokes a grant that may not be recorded yet: where it is not, it is inserted as revoked, so
   * that whoever is about to create it is told false. For a code that was presented twice.
   */
  abstract revokeOrForestall(grant: Grant, cause: RevocationCause): Promise<void>;

  /** Revokes the grants of a session that lack `offline_access`. Idempotent. */
  abstract revokeOfSession(sid: string, cause: RevocationCause): Promise<void>;
}
