/** Revokes a signing key: in the record and in the audit. */
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { type RevocationCause } from '../grant/grant.js';
import { type Origin } from '../http/request.origin.js';
import { keyRevocationExpiry } from './revocation.js';
import { RevocationRecord } from './revocation.record.js';

/** Once it is recorded every replica hears of it within a second, and every follower of the feed. */
@Injectable()
export class KeyRevocation {
  constructor(
    private readonly record: RevocationRecord,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then */
  async revoke(kid: string, { reason, by }: RevocationCause, origin: Origin): Promise<void> {
    const expiresAt = keyRevocationExpiry();
    await this.record.revokeKey(
      { kind: 'kid', value: kid, iatBefore: null, audiences: null, expiresAt },
      `${reason} by ${by}`,
    );
    const detail = { by, kid };
    this.audit.record({ origin, type: 'key.revoked', outcome: 'success', reason, detail });
  }
}
