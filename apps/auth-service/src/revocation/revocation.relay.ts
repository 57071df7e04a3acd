/** Carries what the record holds to everything that must learn of it. */
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type PositionedRevocation } from './revocation.js';
import { RevocationRecord } from './revocation.record.js';
import { type RevocationSink } from './revocation.sink.js';
import { RevokedTokenStore } from './revoked-token.store.js';

/** How often revocations that were not relayed are looked for: those of a process that died, too. */
const RELAY_INTERVAL_MS = 1000;
const RELAY_BATCH = 1000;

/** For every request that has nothing to wait for, which is nearly every one. */
const DONE = Promise.resolve();

/**
 * Every replica relays, at once after it recorded something and every second what others could not.
 * No leader is needed: positions are given under a lock, and whoever takes them bears repetition.
 */
@Injectable()
export class RevocationRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RevocationRelay.name);
  private readonly sinks: RevocationSink[] = [];
  /**
   * Relays after a revocation that failed, and how many of these a complete one has made good. While
   * they differ this process trusts no "live". It starts one behind: a predecessor may have died
   * between the record and the hot store.
   */
  private failed = 1;
  private settled = 0;
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly record: RevocationRecord,
    private readonly store: RevokedTokenStore,
  ) {}

  /** Adds one that is told of every revocation from now on, after the hot store of tokens. */
  addSink(sink: RevocationSink): void {
    this.sinks.push(sink);
  }

  onApplicationBootstrap(): void {
    // A failure is tried again at the next tick; until then nobody is answered "live".
    const relay = () =>
      void this.run().catch((error: unknown) => this.logger.debug(`put off: ${String(error)}`));
    this.timer = setInterval(relay, RELAY_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled([this.running, this.next]);
  }

  /**
   * Relays what was just recorded. Never rejects: the record holds it, so it is done. Where it cannot
   * be relayed now, this process calls nothing live until it could.
   */
  async relayRecorded(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.failed += 1;
      this.logger.warn(`recorded a revocation that is not relayed yet: ${String(error)}`);
    }
  }

  /**
   * Resolves when the hot store holds all that this process recorded.
   * @throws TemporarilyUnavailableError where that cannot be had now
   */
  catchUp(): Promise<void> {
    return this.isSettled ? DONE : this.settle();
  }

  /** Whether the hot store holds all that this process recorded. */
  get isSettled(): boolean {
    return this.settled >= this.failed;
  }

  private async settle(): Promise<void> {
    while (!this.isSettled) {
      try {
        await this.run();
      } catch (error) {
        // Another sink's trouble is not this one's: only the hot store of tokens is waited for.
        if (!this.isSettled) throw error;
      }
    }
  }

  /** One relay at a time; who comes while one is under way waits for the next, which all share. */
  private run(): Promise<void> {
    if (this.next !== null) return this.next;
    if (this.running === null) return this.start();
    this.next = this.running
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.start();
      });
    return this.next;
  }

  private start(): Promise<void> {
    this.running = this.relayAll().finally(() => (this.running = null));
    return this.running;
  }

  private async relayAll(): Promise<void> {
    const { failed } = this;
    for (;;) {
      const batch = await this.record.findUnrelayed(RELAY_BATCH);
      if (batch.length > 0) await this.store.revoke(batch);
      const isLast = batch.length < RELAY_BATCH;
      if (isLast) this.settled = Math.max(this.settled, failed);
      if (batch.length > 0) await this.tellSinks(batch);
      if (isLast) return;
    }
  }

  private async tellSinks(batch: readonly PositionedRevocation[]): Promise<void> {
    await Promise.all(this.sinks.map((sink) => sink.take(batch)));
    await this.record.markRelayed(batch.map(({ position }) => position));
  }
}
