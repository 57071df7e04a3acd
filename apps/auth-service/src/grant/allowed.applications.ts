/** What people allow applications: seen, and ended for good. */
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { ConsentStore } from '../consent/consent.store.js';
import { type Origin } from '../http/request.origin.js';
import { grantRevocationExpiry } from '../revocation/revocation.js';
import { RevocationRelay } from '../revocation/revocation.relay.js';
import { type AllowedApplication, AllowedApplicationStore } from './allowed-application.store.js';

@Injectable()
export class AllowedApplications {
  constructor(
    private readonly applications: AllowedApplicationStore,
    private readonly consents: ConsentStore,
    private readonly relay: RevocationRelay,
    private readonly audit: AuditTrail,
  ) {}

  /** {@link AllowedApplicationStore.findOfAccount} */
  findOfAccount(accountId: string): Promise<readonly AllowedApplication[]> {
    return this.applications.findOfAccount(accountId);
  }

  /**
   * Withdraws all that a person allowed an application, and ends every token of it. Idempotent. The
   * consent goes first: after a failure in between the application has to ask again at the latest
   * when its access ends.
   *
   * @returns whether the person ever allowed it anything
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  async end(accountId: string, clientId: string, origin: Origin): Promise<boolean> {
    await this.consents.withdraw(accountId, clientId);
    const cause = { reason: 'withdrawn', by: `account ${accountId}` };
    const until = grantRevocationExpiry();
    const isKnown = await this.applications.revoke(accountId, clientId, cause, until);
    if (!isKnown) return false;
    this.audit.record({
      origin,
      type: 'application.withdrawn',
      outcome: 'success',
      accountId,
      clientId,
    });
    await this.relay.relayRecorded();
    return true;
  }
}
