/** Writes what Redis decided to the record, behind the response. */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type HotLineage } from './lineage.js';
import { type Checkpoint, RotationRecord } from './rotation.record.js';

/** The longest that a rotation may be missing in the record while PostgreSQL is up. */
export const CHECKPOINT_LAG_SECONDS = 1;

/** Lineages that wait while PostgreSQL is down; beyond, the oldest wait for their next rotation. */
export const MAX_WAITING_CHECKPOINTS = 100_000;

// Well within the lag, so that a batch that takes its time is not late.
const INTERVAL_MS = (CHECKPOINT_LAG_SECONDS * 1000) / 4;
const BATCH = 2000;
const SHUTDOWN_LIMIT_MS = 5000;

/**
 * The latest state of each lineage, in batches, one at a time. A state that the record lacks is no
 * harm to an honest client: its newer token recovers the lineage (see rotation.decision.ts).
 */
@Injectable()
export class RotationCheckpoints implements OnApplicationShutdown {
  private readonly logger = new Logger(RotationCheckpoints.name);
  private waiting = new Map<string, Checkpoint>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<boolean> | null = null;
  private beingWritten = 0;
  private failing = false;

  constructor(private readonly record: RotationRecord) {}

  add(handle: Buffer, lineage: HotLineage): void {
    const { current, parent, floor, lastMs, idleExpiresMs } = lineage;
    const key = handle.toString('latin1');
    const known = this.waiting.get(key);
    // Answers of parallel requests may come in any order.
    if (known !== undefined && known.current > current) return;
    this.waiting.set(key, { handle, current, parent, floor, lastMs, idleExpiresMs });
    this.dropExcess();
    this.schedule();
  }

  /** Lineages that the record has yet to hear of. */
  get size(): number {
    return this.waiting.size + this.beingWritten;
  }

  /** Writes what waits, for a few seconds at most. */
  async onApplicationShutdown(): Promise<void> {
    const end = Date.now() + SHUTDOWN_LIMIT_MS;
    while (this.waiting.size > 0 || this.writing !== null) {
      if (!(await this.flush()) || Date.now() > end) break;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.waiting.size > 0) {
      this.logger.error(`${this.waiting.size} rotation(s) are in the hot store alone`);
    }
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.flush().then(() => {
        if (this.waiting.size > 0) this.schedule();
      });
    }, INTERVAL_MS).unref();
  }

  /** @returns whether everything that waited was written; never rejects */
  private flush(): Promise<boolean> {
    this.writing ??= this.writeAll().finally(() => {
      this.writing = null;
      this.beingWritten = 0;
    });
    return this.writing;
  }

  private async writeAll(): Promise<boolean> {
    const all = [...this.waiting];
    this.waiting = new Map();
    this.beingWritten = all.length;
    for (let from = 0; from < all.length; from += BATCH) {
      try {
        await this.record.checkpoint(all.slice(from, from + BATCH).map(([, state]) => state));
      } catch (error) {
        this.putBack(all.slice(from));
        if (!this.failing) this.logger.warn(`checkpoints are put off: ${String(error)}`);
        this.failing = true;
        return false;
      }
    }
    if (this.failing) this.logger.log('checkpoints are written again');
    this.failing = false;
    return true;
  }

  private putBack(states: readonly (readonly [string, Checkpoint])[]): void {
    this.beingWritten = 0;
    this.waiting = new Map([...states, ...this.waiting]);
    this.dropExcess();
  }

  private dropExcess(): void {
    for (const key of this.waiting.keys()) {
      if (this.waiting.size <= MAX_WAITING_CHECKPOINTS) return;
      this.waiting.delete(key);
    }
  }
}
