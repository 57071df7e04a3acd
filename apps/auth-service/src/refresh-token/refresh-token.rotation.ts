/** Goes on with a grant by its refresh token: every way in which that can end. */
import { Injectable } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Client } from '../client/client.js';
import { type Grant } from '../grant/grant.js';
import { type RequestOrigin } from '../http/request.origin.js';
import { GrantTermsCache } from './grant-terms.cache.js';
import { digestClientId, type Lineage } from './lineage.js';
import { RefreshKeyCheck } from './refresh-key.check.js';
import { rulesOf } from './refresh.profile.js';
import { RefreshRefusal } from './refresh.refusal.js';
import { RefreshTokenCodec, type RefreshTokenContent } from './refresh-token.codec.js';
import { RotationCheckpoints } from './rotation.checkpoints.js';
import { isGood, type Presentation, type RotationDecision } from './rotation.decision.js';
import { RotationRecord } from './rotation.record.js';
import { RotationRevocation } from './rotation.revocation.js';
import { RotationStore } from './rotation.store.js';
import { UnauthenticTokenLog } from './unauthentic.log.js';
import { UnauthenticRefreshTokenError } from './unauthentic-refresh-token.error.js';

/** A refresh token that a client presents. */
export interface PresentedRefreshToken {
  readonly token: string;
  /** SHA-256 thumbprint of the key that the request proves. */
  readonly keyBinding: Buffer | null;
  readonly origin: RequestOrigin;
}

/** What a good refresh token brings. */
export interface Refreshed {
  readonly grant: Grant;
  /** The token that replaces the presented one; it keeps all of the grant. */
  readonly refreshToken: string;
}

@Injectable()
export class RefreshTokenRotation {
  constructor(
    private readonly codec: RefreshTokenCodec,
    private readonly store: RotationStore,
    private readonly record: RotationRecord,
    private readonly terms: GrantTermsCache,
    private readonly checkpoints: RotationCheckpoints,
    private readonly revocation: RotationRevocation,
    private readonly keyCheck: RefreshKeyCheck,
    private readonly refusal: RefreshRefusal,
    private readonly audit: AuditTrail,
    private readonly unauthentic: UnauthenticTokenLog,
  ) {}

  /**
   * Decides on a presented token: every outcome of the table in rotation.decision.ts. Bears
   * repetition: who does not get the answer presents the same token again.
   *
   * @throws InvalidGrantError with a reference to the audit record, where the token is authentic
   * @throws TemporarilyUnavailableError where it cannot be decided, or not be recorded
   * @see RFC 6749 section 6, RFC 9700 section 4.14
   */
  async refresh(
    client: Client,
    { token, keyBinding, origin }: PresentedRefreshToken,
  ): Promise<Refreshed> {
    const content = this.codec.decode(token) ?? (await this.refuseUnauthentic(client, token));
    const { handle, generation } = content;
    const presented = {
      generation,
      clientDigest: digestClientId(client.clientId),
      keyBinding,
      rules: rulesOf(client.refreshProfile),
    };
    await this.revocation.catchUp();
    const decision =
      (await this.store.present(handle, presented)) ??
      (await this.rebuild(client, content, presented, origin));
    const { lineage } = decision;
    const isRevoked = this.revocation.isKnownRevoked(lineage.grantId);
    const outcome = isRevoked ? 'revoked' : decision.outcome;
    if (!isGood(outcome)) {
      throw await this.refusal.of(outcome, { origin, client, generation, ...decision });
    }
    if (outcome !== 'replayed') this.checkpoints.add(handle, lineage);
    this.note(origin, client, generation, decision);
    return {
      grant: await this.grantOf(client, lineage),
      refreshToken: this.codec.encode({ handle, generation: lineage.current }),
    };
  }

  /**
   * What a token's grant is good for, without touching the lineage: so that a request for what was not
   * granted costs the client nothing. It says nothing about whether the token may be used.
   *
   * @returns null for a text that is no token of this client, or whose lineage is nowhere
   * @throws TemporarilyUnavailableError where it cannot be read
   */
  async peek(client: Client, token: string): Promise<Grant | null> {
    const content = this.codec.decode(token);
    if (content === null) return null;
    const lineage =
      (await this.store.find(content.handle)) ?? (await this.record.find(content.handle));
    if (lineage === null || !lineage.clientDigest.equals(digestClientId(client.clientId))) {
      return null;
    }
    return this.grantOf(client, lineage);
  }

  private async rebuild(
    client: Client,
    content: RefreshTokenContent,
    presented: Presentation,
    origin: RequestOrigin,
  ): Promise<RotationDecision> {
    const { handle, generation } = content;
    const rebuilt = await this.record.rebuild(handle, (lineage) =>
      this.store.restore(handle, lineage, presented),
    );
    if (rebuilt.standing === 'live') return rebuilt.result;
    const lineage = rebuilt.standing === 'revoked' ? rebuilt.lineage : null;
    const outcome = rebuilt.standing === 'revoked' ? 'revoked' : 'unknown';
    throw await this.refusal.of(outcome, { origin, client, generation, lineage, ageMs: null });
  }

  private async refuseUnauthentic(client: Client, token: string): Promise<never> {
    const version = this.codec.newerKeyVersion(token);
    if (version !== null && (await this.keyCheck.isKnownElsewhere(version))) {
      throw new TemporarilyUnavailableError(
        'the server cannot answer now',
        `a replica makes refresh tokens by key ${version}, which this process was not given yet`,
      );
    }
    this.unauthentic.note(client.clientId);
    throw new UnauthenticRefreshTokenError('the refresh token is not one of this server');
  }

  /** A lineage tells by itself how often it was rotated: only what is out of the ordinary is written. */
  private note(
    origin: RequestOrigin,
    client: Client,
    generation: number,
    decision: RotationDecision,
  ): void {
    const { outcome, lineage, ageMs } = decision;
    if (outcome === 'rotated' || outcome === 'kept') return;
    this.audit.record({
      origin,
      type: `refresh.${outcome}`,
      outcome: 'success',
      clientId: client.clientId,
      accountId: lineage.accountId,
      grantId: lineage.grantId,
      sid: lineage.sid,
      detail: { generation, current: lineage.current, age_seconds: Math.floor(ageMs / 1000) },
    });
  }

  private async grantOf(client: Client, lineage: Lineage): Promise<Grant> {
    // By name: to copy the terms with a spread costs more than to find them.
    const terms = await this.terms.find(lineage.termsId);
    const { scope, resources, acr, amr, authorizationDetails } = terms;
    return {
      scope,
      resources,
      acr,
      amr,
      authorizationDetails,
      grantId: lineage.grantId,
      accountId: lineage.accountId,
      clientId: client.clientId,
      sid: lineage.sid,
      authenticatedAt: new Date(lineage.authenticatedAtSeconds * 1000),
      expiresAt: new Date(lineage.absoluteExpiresMs),
    };
  }
}
