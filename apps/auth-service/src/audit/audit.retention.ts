/** Forgets audit events that are older than the operator wants to keep. */
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { auditConfig, type AuditConfig } from '../config/audit.config.js';
import { AuditRecord } from './audit.record.js';

const INTERVAL_MS = 3_600_000;
const BATCH = 1000;
const DAY_MS = 86_400_000;

/** Purges every hour, in batches so short that no writer waits for one. */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AuditRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private purging: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(
    private readonly record: AuditRecord,
    @Inject(auditConfig.KEY) private readonly config: AuditConfig,
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
    const before = new Date(Date.now() - this.config.retentionDays * DAY_MS);
    let purged = BATCH;
    while (purged === BATCH && !this.closing) purged = await this.record.purge(before, BATCH);
  }
}
