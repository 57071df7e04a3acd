/** Says no to an authentic refresh token, with a reference to the record that explains it. */
import { Injectable } from '@nestjs/common';
import { InvalidGrantError, TemporarilyUnavailableError } from '@keyward/oauth';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Client } from '../client/client.js';
import { GrantService } from '../grant/grant.service.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { type Lineage } from './lineage.js';
import { type BadOutcome } from './rotation.decision.js';

/** What was presented, and what was found. */
export interface RefusedPresentation {
  readonly origin: RequestOrigin;
  readonly client: Client;
  readonly generation: number;
  /** Null where the record has no such lineage any more. */
  readonly lineage: Lineage | null;
  readonly ageMs: number | null;
}

/** What the client's developer reads; the operator finds the rest under the reference. */
const DESCRIPTIONS: Readonly<Record<BadOutcome | 'unknown', string>> = {
  reused: 'the refresh token was replaced before, so the grant has been ended',
  revoked: 'the grant has been revoked',
  expired: 'the grant has expired',
  idle_expired: 'the grant was not used for too long',
  wrong_client: 'the refresh token was not issued to this client',
  wrong_key: 'the refresh token is bound to another key',
  unknown: 'the grant has ended',
};

@Injectable()
export class RefreshRefusal {
  constructor(
    private readonly grants: GrantService,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The error to be thrown. A reuse ends the grant first: it is answered only once the record holds that.
   * @throws TemporarilyUnavailableError where a reuse cannot be recorded
   * @see RFC 9700 section 4.14.2
   */
  async of(
    outcome: BadOutcome | 'unknown',
    refused: RefusedPresentation,
  ): Promise<InvalidGrantError> {
    const { origin, client, generation, lineage, ageMs } = refused;
    if (outcome === 'reused' && lineage !== null) {
      await this.grants.revoke(lineage.grantId, { reason: 'refresh_reused', by: 'server' });
    }
    const cause =
      outcome === 'revoked' && lineage !== null ? await this.findCause(lineage.grantId) : null;
    const reference = this.audit.record({
      origin,
      type: `refresh.${outcome}`,
      outcome: 'failure',
      reason: cause === null ? outcome : `${outcome}: ${cause.reason} by ${cause.by}`,
      clientId: client.clientId,
      ...(lineage && {
        accountId: lineage.accountId,
        grantId: lineage.grantId,
        sid: lineage.sid,
      }),
      detail: { generation, ...(lineage && historyOf(lineage, ageMs)) },
    });
    return new InvalidGrantError(
      `${DESCRIPTIONS[outcome]} (reference ${reference})`,
      `refresh token of client ${client.clientId}: ${outcome}, reference ${reference}`,
    );
  }

  /** The answer does not wait for a record that is down: that the grant is revoked is known. */
  private async findCause(grantId: string) {
    try {
      return (await this.grants.find(grantId))?.cause ?? null;
    } catch (error) {
      if (error instanceof TemporarilyUnavailableError) return null;
      throw error;
    }
  }
}

/** What the lineage had been through when it was refused. */
function historyOf(lineage: Lineage, ageMs: number | null) {
  const { current, parent, floor, lastMs, idleExpiresMs, absoluteExpiresMs } = lineage;
  return {
    current,
    parent,
    floor,
    ...(lastMs > 0 && { last_rotated_at: new Date(lastMs).toISOString() }),
    ...(lastMs > 0 && ageMs !== null && { age_seconds: Math.floor(ageMs / 1000) }),
    idle_expires_at: new Date(idleExpiresMs).toISOString(),
    absolute_expires_at: new Date(absoluteExpiresMs).toISOString(),
  };
}
