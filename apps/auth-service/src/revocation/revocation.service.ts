/** Revokes at every level, and keeps one promise: what was revoked is never again called live. */
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type RevocationCause } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { type Origin } from '../http/request.origin.js';
import { SessionRevocation } from '../session/session.revocation.js';
import { KeyRevocation } from './key.revocation.js';
import { grantRevocationExpiry, type TokenIdentity, tokenRevocationExpiry } from './revocation.js';
import { RevocationRecord } from './revocation.record.js';
import { RevocationRelay } from './revocation.relay.js';
import { RevokedTokenStore } from './revoked-token.store.js';

/** A token that is to be revoked. */
export interface RevokedToken {
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly exp: number;
  /** The resources that it is for. */
  readonly audiences: readonly string[];
}

/**
 * Joins the record, which is slow and sure, with the hot store, which is fast and may forget. Every
 * method that revokes is done once the record holds it: where the hot store is down, no process that
 * knows of it answers "live", and the relay of every replica catches up within a second.
 */
@Injectable()
export class RevocationService implements OnModuleDestroy {
  private readonly logger = new Logger(RevocationService.name);
  private restoring: Promise<void> | null = null;

  constructor(
    private readonly record: RevocationRecord,
    private readonly store: RevokedTokenStore,
    private readonly relay: RevocationRelay,
    private readonly grants: GrantService,
    private readonly sessions: SessionRevocation,
    private readonly keys: KeyRevocation,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await Promise.allSettled([this.restoring]);
  }

  /** @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then */
  async revokeToken({ jti, exp, audiences }: RevokedToken, reason: string): Promise<void> {
    const expiresAt = tokenRevocationExpiry(exp);
    const revocation = { kind: 'jti', value: jti, iatBefore: null, audiences, expiresAt } as const;
    await this.record.add(revocation, reason);
    await this.relay.relayRecorded([revocation]);
  }

  /**
   * Revokes a grant with its refresh token and all its access tokens.
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  revokeGrant(grantId: string, cause: RevocationCause): Promise<void> {
    return this.grants.revoke(grantId, cause);
  }

  /**
   * Ends the sign-in of one browser: its session, and the grants of it that lack `offline_access`.
   * The clients of the session are told by back-channel logout.
   *
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  revokeSession(sid: string, cause: RevocationCause, origin: Origin): Promise<void> {
    return this.sessions.revokeSession(sid, cause, origin);
  }

  /**
   * Ends every session of one person, and all that they have allowed, whatever the client. They may
   * sign in anew, unless their account is also disabled.
   *
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  revokeSubject(accountId: string, cause: RevocationCause, origin: Origin): Promise<void> {
    return this.sessions.revokeSubject(accountId, cause, origin);
  }

  /**
   * The same, and the account is disabled in the same transaction.
   *
   * @returns whether there is such an account
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  disableSubject(accountId: string, cause: RevocationCause, origin: Origin): Promise<boolean> {
    return this.sessions.disableSubject(accountId, cause, origin);
  }

  /**
   * The same, and what the person is known by is forgotten in the same transaction.
   *
   * @returns whether there is such an account
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  eraseSubject(accountId: string, cause: RevocationCause, origin: Origin): Promise<boolean> {
    return this.sessions.eraseSubject(accountId, cause, origin);
  }

  /**
   * Revokes everything that a client has by now: every token with an `iat` up to this second, and
   * every grant. What it obtains afterwards is good, unless it is also disabled.
   *
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  async revokeClient(clientId: string, { reason, by }: RevocationCause): Promise<void> {
    const iatBefore = Math.floor(Date.now() / 1000);
    const expiresAt = grantRevocationExpiry();
    await this.record.revokeClient(
      { kind: 'client', value: clientId, iatBefore, audiences: null, expiresAt },
      reason,
      by,
    );
    await this.relay.relayRecorded();
  }

  /**
   * Revokes a signing key and everything that it signed.
   * @throws TemporarilyUnavailableError where it cannot be recorded; nothing was done then
   */
  async revokeKey(kid: string, cause: RevocationCause, origin: Origin): Promise<void> {
    await this.keys.revoke(kid, cause, origin);
    await this.relay.relayRecorded();
  }

  /** @throws TemporarilyUnavailableError where it cannot be known */
  async isRevoked(token: TokenIdentity): Promise<boolean> {
    if (!this.relay.isSettled) await this.relay.catchUp();
    let state = await this.store.find(token);
    if (state === 'unknown') {
      await this.restore();
      state = await this.store.find(token);
    }
    if (state === 'unknown') {
      throw new TemporarilyUnavailableError(
        'the state of tokens is being restored',
        'the hot store lost its state again while it was restored',
      );
    }
    return state === 'revoked';
  }

  private restore(): Promise<void> {
    this.restoring ??= this.store
      .restore(this.record.findUnexpired())
      .then(() => this.logger.warn('restored the hot state of revocations from the record'))
      .finally(() => (this.restoring = null));
    return this.restoring;
  }
}
