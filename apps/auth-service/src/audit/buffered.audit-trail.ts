/** The audit trail: one line in the log at once, one row in the record soon after. */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { auditLine } from './audit.line.js';
import { AuditRecord, type RecordedAuditEvent } from './audit.record.js';
import { AuditReferences } from './audit.reference.js';
import { type AuditEvent, AuditTrail } from './audit.trail.js';

/** Events that wait while PostgreSQL is down; beyond, the log alone has the oldest. */
export const MAX_BUFFERED_EVENTS = 10_000;

const BATCH = 500;
const DELAY_MS = 50;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 5000;
const SHUTDOWN_LIMIT_MS = 5000;

/**
 * Writes behind the response, in batches, one at a time. What cannot be written is tried again until
 * it is or the buffer is full: an audit that made requests wait would be a way to stop the server.
 */
@Injectable()
export class BufferedAuditTrail extends AuditTrail implements OnApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly references = new AuditReferences();
  private readonly waiting: RecordedAuditEvent[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<boolean> | null = null;
  private retryMs = FIRST_RETRY_MS;
  private dropped = 0;

  constructor(private readonly store: AuditRecord) {
    super();
  }

  record({ origin, ...event }: AuditEvent): string {
    const recorded: RecordedAuditEvent = {
      ...event,
      address: origin.address ?? undefined,
      correlationId: origin.correlationId ?? undefined,
      reference: this.references.next(),
      occurredAt: new Date(),
    };
    this.logger.log(auditLine(recorded));
    this.waiting.push(recorded);
    this.dropOldest();
    this.schedule(DELAY_MS);
    return recorded.reference;
  }

  /** Events that the record does not hold yet. */
  get pending(): number {
    return this.waiting.length;
  }

  /** Writes what waits, for a few seconds at most; whatever is left then, the log has. */
  async onApplicationShutdown(): Promise<void> {
    const end = Date.now() + SHUTDOWN_LIMIT_MS;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), SHUTDOWN_LIMIT_MS);
    });
    while ((this.waiting.length > 0 || this.writing !== null) && Date.now() < end) {
      if (!(await Promise.race([this.flush(), limit]))) break;
    }
    clearTimeout(timer);
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.waiting.length > 0 || this.writing !== null) {
      this.logger.error('the latest events may be in the log alone: they could not be written');
    }
  }

  private schedule(delayMs: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.flush().then((written) => {
        if (this.waiting.length > 0) this.schedule(written ? 0 : this.nextRetryMs());
      });
    }, delayMs).unref();
  }

  private nextRetryMs(): number {
    const delay = this.retryMs;
    this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
    return delay;
  }

  /** @returns whether a batch was written; never rejects */
  private flush(): Promise<boolean> {
    this.writing ??= this.writeBatch().finally(() => (this.writing = null));
    return this.writing;
  }

  private async writeBatch(): Promise<boolean> {
    const batch = this.waiting.splice(0, BATCH);
    try {
      await this.append(batch);
    } catch (error) {
      this.waiting.unshift(...batch);
      this.dropOldest();
      if (this.retryMs === FIRST_RETRY_MS) this.logger.warn(`put off: ${String(error)}`);
      return false;
    }
    this.retryMs = FIRST_RETRY_MS;
    if (this.dropped > 0) {
      this.logger.error(`${this.dropped} event(s) are in the log alone: the buffer was full`);
      this.dropped = 0;
    }
    return true;
  }

  private async append(batch: readonly RecordedAuditEvent[]): Promise<void> {
    try {
      await this.store.append(batch);
    } catch (error) {
      if (error instanceof TemporarilyUnavailableError) throw error;
      // One event that the record refuses must not keep the others out for ever.
      if (batch.length > 1) for (const event of batch) await this.append([event]);
      else this.logger.error(`${batch[0]?.reference} is in the log alone: ${String(error)}`);
    }
  }

  private dropOldest(): void {
    const excess = this.waiting.length - MAX_BUFFERED_EVENTS;
    if (excess <= 0) return;
    this.waiting.splice(0, excess);
    if (this.dropped === 0) this.logger.error('the buffer is full: the oldest events are dropped');
    this.dropped += excess;
  }
}
