/** Forgets every hour what nobody needs any more, behind whatever else goes on. */
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

const INTERVAL_MS = 3_600_000;
const BATCH = 1000;

/** Any number of replicas may purge at once: each takes rows that no other one holds. */
export abstract class HourlyPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(this.constructor.name);
  private timer: NodeJS.Timeout | undefined;
  private purging: Promise<void> = Promise.resolve();
  private closing = false;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.purging = this.purge().catch((error: unknown) =>
        this.logger.warn(`put off: ${String(error)}`),
      );
    }, INTERVAL_MS).unref();
  }

  /** Waits for the batch that is under way, and begins no other. */
  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    clearInterval(this.timer);
    await this.purging;
  }

  /** @throws TemporarilyUnavailableError where the record cannot be reached */
  abstract purge(): Promise<void>;

  /**
   * Purges until nothing is left, in batches so short that no writer waits for one.
   * @param purge removes at most so many, and says how many it did
   */
  protected async inBatches(purge: (limit: number) => Promise<number>): Promise<void> {
    while (!this.closing && (await purge(BATCH)) === BATCH);
  }
}
