/** Links an account once its owner has signed in to it and wants that. */
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Origin } from '../http/request.origin.js';
import { currentLink, type PendingLink } from './pending.link.js';
import { UpstreamIdentityStore } from './upstream-identity.store.js';

@Injectable()
export class UpstreamLinks {
  constructor(
    private readonly identities: UpstreamIdentityStore,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The link that becomes one by this account's sign-in, if it is complete.
   * @returns null where there is none, where nobody asked for it, and for another account's sign-in
   */
  wanted(
    interaction: { readonly link?: PendingLink | null },
    accountId: string,
  ): PendingLink | null {
    const link = currentLink(interaction, Date.now());
    return link !== null && link.isWanted && link.accountId === accountId ? link : null;
  }

  /** @throws TemporarilyUnavailableError where it cannot be recorded; nothing is linked then */
  async complete(link: PendingLink, clientId: string, origin: Origin): Promise<void> {
    const { issuer, subject, accountId, label, upstreamId } = link;
    const linked = await this.identities.link({ issuer, subject, accountId, label });
    this.audit.record({
      origin,
      type: 'upstream_identity.linked',
      outcome: linked ? 'success' : 'failure',
      ...(!linked && { reason: 'linked already' }),
      accountId,
      clientId,
      detail: { upstream: upstreamId },
    });
  }
}
