/** What people do with their links to providers once they are signed in: see them, take them away. */
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { type Session } from '../session/session.js';
import {
  type UnlinkOutcome,
  type UpstreamIdentity,
  UpstreamIdentityStore,
} from './upstream-identity.store.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whose session asks for a change. */
export interface UpstreamIdentityOwner extends Pick<Session, 'accountId' | 'sid'> {
  readonly origin: RequestOrigin;
}

/** Both methods throw TemporarilyUnavailableError where it cannot be done. */
@Injectable()
export class UpstreamIdentities {
  constructor(
    private readonly identities: UpstreamIdentityStore,
    private readonly audit: AuditTrail,
  ) {}

  /** The oldest first. */
  list(accountId: string): Promise<readonly UpstreamIdentity[]> {
    return this.identities.findOfAccount(accountId);
  }

  /**
   * Whoever could not sign in afterwards keeps it. Sessions that were begun by it go on.
   * @param owner whose session is fresh enough, which is for the caller to see to
   */
  async unlink(
    { accountId, sid, origin }: UpstreamIdentityOwner,
    identityId: string,
  ): Promise<UnlinkOutcome> {
    const outcome = UUID.test(identityId)
      ? await this.identities.unlink(accountId, identityId)
      : 'unknown';
    this.audit.record({
      origin,
      type: 'upstream_identity.unlinked',
      outcome: outcome === 'unlinked' ? 'success' : 'failure',
      ...(outcome !== 'unlinked' && { reason: outcome }),
      accountId,
      sid,
      detail: { identity_id: identityId.slice(0, 36) },
    });
    return outcome;
  }
}
