/** Keeps one promise: what was once revoked is never again called live. */
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { RevocationRecord, type TokenRevocation } from './revocation.record.js';
import { RevokedTokenStore } from './revoked-token.store.js';

/** How much longer than its token an entry is kept: resource servers tolerate skewed clocks. */
export const REVOCATION_MARGIN_SECONDS = 60;

/** How often revocations that did not reach the hot store are tried again. */
const RELAY_INTERVAL_MS = 1000;
const RELAY_BATCH = 1000;

/** How often expired entries are removed from the record. */
const PRUNE_INTERVAL_MS = 3_600_000;

/**
 * Joins the record, which is slow and sure, with the hot store, which is fast and may forget. What
 * is not yet in the hot store is relayed, and what it forgot is restored, before it is believed.
 */
@Injectable()
export class RevocationService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RevocationService.name);
  /**
   * Writes to the hot store that failed, and how many of them a complete relay has made good. While
   * they differ this process trusts no "live". It starts one behind: a predecessor may have died
   * between the record and the hot store.
   */
  private failedWrites = 1;
  private settledWrites = 0;
  private relaying: Promise<void> | null = null;
  private restoring: Promise<void> | null = null;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly record: RevocationRecord,
    private readonly store: RevokedTokenStore,
  ) {}

  onApplicationBootstrap(): void {
    // A failure is tried again at the next tick; until then nobody is answered "live".
    this.every(RELAY_INTERVAL_MS, () => this.relay());
    this.every(PRUNE_INTERVAL_MS, () => this.record.deleteExpired());
  }

  async onModuleDestroy(): Promise<void> {
    this.timers.forEach((timer) => clearInterval(timer));
    await Promise.allSettled([this.relaying, this.restoring]);
  }

  /**
   * Revokes a token. It is done once the record holds it: where the hot store is down, no process
   * that knows of it answers "live", and the relay of every replica catches up within a second.
   *
   * @param exp the token's expiry, seconds since the epoch
   * @throws TemporarilyUnavailableError where the record cannot be written; nothing was done then
   */
  async revokeToken(jti: string, exp: number, reason: string): Promise<void> {
    const expiresAt = new Date((exp + REVOCATION_MARGIN_SECONDS) * 1000);
    await this.record.revokeToken(jti, expiresAt, reason);
    try {
      await this.apply([{ jti, expiresAt }]);
    } catch (error) {
      this.failedWrites += 1;
      this.logger.warn(`recorded a revocation that is not relayed yet: ${String(error)}`);
    }
  }

  /** @throws TemporarilyUnavailableError where it cannot be known */
  async isRevoked(jti: string): Promise<boolean> {
    // Again after a relay that began before the latest failure and so may have missed its row.
    while (this.settledWrites < this.failedWrites) await this.relay();
    let state = await this.store.find(jti);
    if (state === 'unknown') {
      await this.restore();
      state = await this.store.find(jti);
    }
    if (state === 'unknown') {
      throw new TemporarilyUnavailableError(
        'the state of tokens is being restored',
        'the hot store lost its state again while it was restored',
      );
    }
    return state === 'revoked';
  }

  private every(intervalMs: number, task: () => Promise<void>): void {
    const run = () =>
      void task().catch((error: unknown) => this.logger.debug(`put off: ${String(error)}`));
    this.timers.push(setInterval(run, intervalMs).unref());
  }

  private relay(): Promise<void> {
    this.relaying ??= this.relayAll().finally(() => (this.relaying = null));
    return this.relaying;
  }

  private async relayAll(): Promise<void> {
    const { failedWrites } = this;
    let batch: readonly TokenRevocation[];
    do {
      batch = await this.record.findUnrelayed(RELAY_BATCH);
      await this.apply(batch);
    } while (batch.length === RELAY_BATCH);
    this.settledWrites = failedWrites;
  }

  private async apply(revocations: readonly TokenRevocation[]): Promise<void> {
    if (revocations.length === 0) return;
    for (const revocation of revocations) await this.store.revoke(revocation);
    await this.record.markRelayed(revocations.map(({ jti }) => jti));
  }

  private restore(): Promise<void> {
    this.restoring ??= this.store
      .restore(this.record.findUnexpired())
      .then(() => this.logger.warn('restored the hot state of revocations from the record'))
      .finally(() => (this.restoring = null));
    return this.restoring;
  }
}
