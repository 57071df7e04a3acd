/** Refresh tokens of a grant: the first one, and which grant any of them belongs to. */
import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import {
  InvalidGrantError,
  REFRESH_TOKEN_GRANT,
  TemporarilyUnavailableError,
} from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { type Grant } from '../grant/grant.js';
import { GrantTermsCache } from './grant-terms.cache.js';
import { type GrantTerms } from './grant-terms.store.js';
import { digestClientId, FIRST_STATE, type Lineage } from './lineage.js';
import { REFRESH_LIMITS } from './refresh.profile.js';
import { HANDLE_BYTES, RefreshTokenCodec } from './refresh-token.codec.js';
import { RotationRecord } from './rotation.record.js';
import { RotationStore } from './rotation.store.js';

@Injectable()
export class RefreshTokenService {
  private readonly logger = new Logger(RefreshTokenService.name);

  constructor(
    private readonly codec: RefreshTokenCodec,
    private readonly store: RotationStore,
    private readonly record: RotationRecord,
    private readonly terms: GrantTermsCache,
  ) {}

  /**
   * The first refresh token of a grant that was just recorded.
   *
   * @param keyBinding SHA-256 thumbprint of the key that a public client proved, where it did
   * @returns null where the client is not registered for the refresh token grant
   * @throws InvalidGrantError where the grant was revoked in the meantime
   * @throws TemporarilyUnavailableError where it cannot be recorded
   */
  async issue(
    client: Client,
    grant: Grant,
    keyBinding: Buffer | null = null,
  ): Promise<string | null> {
    if (!client.grantTypes.includes(REFRESH_TOKEN_GRANT)) return null;
    const handle = randomBytes(HANDLE_BYTES);
    const lineage = await this.begin(client, grant, keyBinding);
    const created = await this.record.create(handle, lineage, () => this.publish(handle, lineage));
    if (!created) {
      throw new InvalidGrantError(
        'the grant has been revoked',
        `grant ${grant.grantId} was revoked before it had a refresh token`,
      );
    }
    return this.codec.encode({ handle, generation: lineage.current });
  }

  /**
   * The grant of an authentic token of any generation, for revocation and introspection.
   * @returns null for anything else, and where the record has no such lineage any more
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  async findGrant(token: string): Promise<{ grantId: string; clientId: string } | null> {
    const content = this.codec.decode(token);
    return content === null ? null : this.record.findGrant(content.handle);
  }

  /**
   * The lineage of a client's token that is the latest of its lineage and has not expired; whether its
   * grant was revoked is not looked at, and nothing is decided.
   *
   * @throws TemporarilyUnavailableError where it cannot be read
   */
  async findLatest(client: Client, token: string): Promise<(Lineage & GrantTerms) | null> {
    const content = this.codec.decode(token);
    if (content === null) return null;
    const { handle, generation } = content;
    const lineage = (await this.store.find(handle)) ?? (await this.record.find(handle));
    if (lineage === null || generation < lineage.current) return null;
    if (!lineage.clientDigest.equals(digestClientId(client.clientId))) return null;
    if (lineage.idleExpiresMs <= Date.now()) return null;
    return { ...lineage, ...(await this.terms.find(lineage.termsId)) };
  }

  private async begin(client: Client, grant: Grant, keyBinding: Buffer | null): Promise<Lineage> {
    const { idleSeconds, absoluteSeconds } = REFRESH_LIMITS[client.refreshProfile];
    const now = Date.now();
    const absoluteExpiresMs = Math.min(grant.expiresAt.getTime(), now + absoluteSeconds * 1000);
    return {
      ...FIRST_STATE,
      idleExpiresMs: Math.min(now + idleSeconds * 1000, absoluteExpiresMs),
      absoluteExpiresMs,
      grantId: grant.grantId,
      accountId: grant.accountId,
      sid: grant.sid,
      clientDigest: digestClientId(client.clientId),
      authenticatedAtSeconds: Math.floor(grant.authenticatedAt.getTime() / 1000),
      termsId: await this.terms.idOf(grant),
      keyBinding,
    };
  }

  private async publish(handle: Buffer, lineage: Lineage): Promise<void> {
    try {
      await this.store.put(handle, lineage);
    } catch (error) {
      if (!(error instanceof TemporarilyUnavailableError)) throw error;
      // The record has it: the first refresh is a miss and restores it.
      this.logger.debug(`a new lineage is in the record alone: ${error.reason}`);
    }
  }
}
