/** Revokes what a person is signed in to and has allowed, at the word of somebody else than the browser. */
import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '../audit/audit.trail.js';
import { type RevocationCause } from '../grant/grant.js';
import { type Origin } from '../http/request.origin.js';
import { grantRevocationExpiry } from '../revocation/revocation.js';
import { RevocationRelay } from '../revocation/revocation.relay.js';
import { SessionClock } from './session.clock.js';
import { type RecordedEnd } from './session.record.js';
import { SessionRelay } from './session.relay.js';
import {
  type KeptSessions,
  type PasswordReplacement,
  SessionRevocationRecord,
} from './session-revocation.record.js';

/** Recorded first and at once; hot copies and followers learn of it as soon as they can be reached. */
@Injectable()
export class SessionRevocation {
  private readonly logger = new Logger(SessionRevocation.name);

  constructor(
    private readonly record: SessionRevocationRecord,
    private readonly sessions: SessionRelay,
    private readonly relay: RevocationRelay,
    private readonly audit: AuditTrail,
    private readonly clock: SessionClock,
  ) {}

  /** {@link SessionRevocationRecord.revokeSession} */
  async revokeSession(sid: string, cause: RevocationCause, origin: Origin): Promise<void> {
    const [until, now] = [grantRevocationExpiry(), this.clock.now()];
    const ended = await this.record.revokeSession(sid, cause, until, now);
    if (ended === null) return;
    const { accountId } = ended;
    this.note('session.revoked', origin, cause, { accountId, sid });
    await this.carryOut([ended]);
  }

  /** {@link SessionRevocationRecord.revokeAccount} */
  async revokeSubject(accountId: string, cause: RevocationCause, origin: Origin): Promise<void> {
    const [until, now] = [grantRevocationExpiry(), this.clock.now()];
    const ended = await this.record.revokeAccount(accountId, cause, until, now);
    this.note('subject.revoked', origin, cause, { accountId }, { sessions: ended.length });
    await this.carryOut(ended);
  }

  /** {@link SessionRevocationRecord.revokeOthers} */
  async revokeOthers(
    accountId: string,
    keptSid: string,
    cause: RevocationCause,
    origin: Origin,
  ): Promise<void> {
    const [until, now] = [grantRevocationExpiry(), this.clock.now()];
    const ended = await this.record.revokeOthers(accountId, keptSid, cause, until, now);
    this.note(
      'sessions.revoked',
      origin,
      cause,
      { accountId, sid: keptSid },
      { sessions: ended.length },
    );
    await this.carryOut(ended);
  }

  /**
   * {@link SessionRevocationRecord.replacePassword}
   * @returns whether it was done
   */
  async replacePassword(
    accountId: string,
    hashes: PasswordReplacement,
    cause: RevocationCause,
    origin: Origin,
    kept: KeptSessions = 'none',
  ): Promise<boolean> {
    const [until, now] = [grantRevocationExpiry(), this.clock.now()];
    const ended = await this.record.replacePassword(accountId, hashes, cause, until, now, kept);
    if (ended === null) return false;
    this.note('password.changed', origin, cause, { accountId }, { sessions: ended.length });
    // The new password holds, and the old one could not change it again: nobody is told to try later.
    await this.carryOut(ended).catch((error: unknown) => {
      this.logger.warn(`sessions and grants end as soon as they can be: ${String(error)}`);
    });
    return true;
  }

  /**
   * {@link SessionRevocationRecord.disableAccount}
   * @returns whether there is such an account
   */
  disableSubject(accountId: string, cause: RevocationCause, origin: Origin): Promise<boolean> {
    return this.endSubject('account.disabled', 'disableAccount', accountId, cause, origin);
  }

  /**
   * {@link SessionRevocationRecord.eraseAccount}
   * @returns whether there is such an account
   */
  eraseSubject(accountId: string, cause: RevocationCause, origin: Origin): Promise<boolean> {
    return this.endSubject('account.erased', 'eraseAccount', accountId, cause, origin);
  }

  private async endSubject(
    type: string,
    verb: 'disableAccount' | 'eraseAccount',
    accountId: string,
    cause: RevocationCause,
    origin: Origin,
  ): Promise<boolean> {
    const [until, now] = [grantRevocationExpiry(), this.clock.now()];
    const ended = await this.record[verb](accountId, cause, until, now);
    if (ended === null) return false;
    this.note(type, origin, cause, { accountId }, { sessions: ended.length });
    await this.carryOut(ended);
    return true;
  }

  private note(
    type: string,
    origin: Origin,
    { reason, by }: RevocationCause,
    whose: { readonly accountId: string; readonly sid?: string },
    more?: { readonly sessions: number },
  ): void {
    const detail = { by, ...more };
    this.audit.record({ origin, type, outcome: 'success', reason, ...whose, detail });
  }

  private async carryOut(ended: readonly RecordedEnd[]): Promise<void> {
    const removals = ended.map(({ cookieSha256 }) => this.sessions.removeCopy(cookieSha256));
    await Promise.all([...removals, this.relay.relayRecorded()]);
  }
}
