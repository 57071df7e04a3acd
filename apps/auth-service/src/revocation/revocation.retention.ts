/** Forgets revocations that concern no token any more, grants that ended long ago, and what only they had. */
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { GrantStore } from '../grant/grant.store.js';
import { GrantTermsStore } from '../refresh-token/grant-terms.store.js';
import { RevocationRecord } from './revocation.record.js';

const INTERVAL_MS = 3_600_000;
const BATCH = 1000;

/** How long a grant that ended can still be asked about: why was I logged out? */
const GRANT_HISTORY_MS = 30 * 86_400_000;

/** How long terms that no grant has are kept: far longer than any process gives their id to new ones. */
const UNUSED_TERMS_MS = 86_400_000;

/** Purges every hour, in batches so short that no writer waits for one. */
@Injectable()
export class RevocationRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RevocationRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private purging: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(
    private readonly record: RevocationRecord,
    private readonly grants: GrantStore,
    private readonly terms: GrantTermsStore,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.purging = this.purge().catch((error: unknown) =>
        this.logger.warn(`put off: ${String(error)}`),
      );
    }, INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    clearInterval(this.timer);
    await this.purging;
  }

  /** @throws TemporarilyUnavailableError where the record cannot be reached */
  async purge(): Promise<void> {
    await this.inBatches(() => this.record.deleteExpired(BATCH));
    const before = new Date(Date.now() - GRANT_HISTORY_MS);
    await this.inBatches(() => this.grants.deleteExpired(before, BATCH));
    const unused = new Date(Date.now() - UNUSED_TERMS_MS);
    await this.inBatches(() => this.terms.deleteUnused(unused, BATCH));
  }

  private async inBatches(purge: () => Promise<number>): Promise<void> {
    while (!this.closing && (await purge()) === BATCH);
  }
}
