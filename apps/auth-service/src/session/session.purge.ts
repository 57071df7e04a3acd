/** Removes sessions that are long over. */
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { SessionClock } from './session.clock.js';
import { SessionRecord } from './session.record.js';

const PURGE_INTERVAL_MS = 3_600_000;
const BATCH = 1000;

/** How long a session can still be looked up by an operator after its absolute end. */
const KEPT_AFTER_END_MS = 86_400_000;

/** Any number of replicas may purge at once: each takes rows that no other one holds. */
@Injectable()
export class SessionPurge implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SessionPurge.name);
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly record: SessionRecord,
    private readonly clock: SessionClock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.purge().catch((error: unknown) =>
        this.logger.debug(`put off: ${String(error)}`),
      );
    }, PURGE_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopped = true;
    await this.running;
  }

  /** In batches, so that no lock is held for long. */
  async purge(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_AFTER_END_MS);
    let removed: number;
    do removed = await this.record.purge(before, BATCH);
    while (removed === BATCH && !this.stopped);
  }
}
