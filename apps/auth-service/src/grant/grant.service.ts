/** Grants: created once, revoked for good. */
import { Injectable } from '@nestjs/common';
import { grantRevocationExpiry } from '../revocation/revocation.js';
import { RevocationRelay } from '../revocation/revocation.relay.js';
import { type Grant, type RecordedGrant, type RevocationCause } from './grant.js';
import { GrantStore } from './grant.store.js';

export { type RevocationCause } from './grant.js';

/** Records grants and ends them; whatever came of a grant ends with it. */
@Injectable()
export class GrantService {
  constructor(
    private readonly store: GrantStore,
    private readonly relay: RevocationRelay,
  ) {}

  /**
   * Records a new grant.
   * @returns false where the id is taken: redeemed before, or revoked before it could be inserted;
   *   and where its session has ended since it was allowed
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  create(grant: Grant): Promise<boolean> {
    return this.store.create(grant);
  }

  /**
   * To be called before a token of a grant is made for a resource that the person was not asked about:
   * it would not hear of the grant's end otherwise.
   *
   * @returns whether the grant is in force
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  recordAudience(grantId: string, resource: string): Promise<boolean> {
    return this.store.recordAudience(grantId, resource);
  }

  /**
   * Revokes a grant and every token that came of it. One transaction: the grant's row and the
   * outbox. Idempotent; the first cause is kept.
   *
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  async revoke(grantId: string, cause: RevocationCause): Promise<void> {
    const expiresAt = grantRevocationExpiry();
    await this.store.revoke(grantId, cause, expiresAt);
    const revocation = { kind: 'grant', value: grantId, iatBefore: null, audiences: null } as const;
    await this.relay.relayRecorded([{ ...revocation, expiresAt }]);
  }

  /**
   * Revokes a grant that may not be recorded yet: where it is not, it is inserted as revoked, so
   * that whoever is about to create it is told false. For a code that was presented twice.
   *
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  async revokeOrForestall(grant: Grant, cause: RevocationCause): Promise<void> {
    await this.store.revokeOrForestall(grant, cause, grantRevocationExpiry());
    await this.relay.relayRecorded();
  }

  /**
   * Revokes the grants of a session that lack `offline_access`. Idempotent.
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  async revokeOfSession(sid: string, cause: RevocationCause): Promise<void> {
    await this.store.revokeOfSession(sid, cause, grantRevocationExpiry());
    await this.relay.relayRecorded();
  }

  /** @returns null for an id that was never recorded, or whose record was purged */
  find(grantId: string): Promise<RecordedGrant | null> {
    return this.store.find(grantId);
  }

  /** Every grant of an account that is still recorded, the latest first, ended ones included. */
  findOfAccount(accountId: string): Promise<readonly RecordedGrant[]> {
    return this.store.findOfAccount(accountId);
  }
}
