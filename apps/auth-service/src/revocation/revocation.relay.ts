/** Carries what the record holds to everything that must learn of it. */
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { HotStoreTrust } from './hot-store.trust.js';
import { type PositionedRevocation, type Revocation } from './revocation.js';
import { outlast, RELAY_INTERVAL_MS, RelayRhythm } from './relay.rhythm.js';
import { RevocationRecord } from './revocation.record.js';
import { type RevocationSink } from './revocation.sink.js';
import { RevokedTokenStore } from './revoked-token.store.js';

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
  private readonly trust = new HotStoreTrust();
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private readonly rhythm = new RelayRhythm();
  /** When the latest look at the record began that saw something. */
  private readMs = 0;
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
    this.timer = setInterval(() => this.look(), RELAY_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled([this.running, this.next]);
  }

  /**
   * Relays what was just recorded. Where that fails, this process calls nothing live until it could; and
   * since another one may reach the hot store first, it resolves only when that one must have seen the
   * record, too.
   *
   * @param recorded what it was, where the caller knows: then a record that goes down right after it
   *   took this makes this process refuse what it concerns, and nothing else
   * @throws TemporarilyUnavailableError where the record went down right after it took the revocation,
   *   so that nobody else can have seen it; it is told as soon as the record is back, and to revoke again
   *   is harmless
   */
  async relayRecorded(recorded: readonly Revocation[] = []): Promise<void> {
    const sinceMs = performance.now();
    try {
      await this.run();
    } catch (error) {
      if (!(await this.tellDirectly(recorded))) this.trust.lose();
      this.logger.warn(`recorded a revocation that is not relayed yet: ${String(error)}`);
      if (await outlast(sinceMs, () => this.run())) return;
      if (this.readMs < sinceMs) {
        throw new TemporarilyUnavailableError(
          'it is recorded, and holds everywhere as soon as the server can answer again',
          'the record went down before a revocation was relayed',
        );
      }
    }
  }

  /**
   * Resolves when the hot store holds all that this process knows of.
   * @throws TemporarilyUnavailableError where that cannot be had now
   */
  catchUp(): Promise<void> {
    return this.trust.isWhole ? DONE : this.trust.restoreBy(() => this.run());
  }

  /** Whether the hot store holds all that this process knows of. */
  get isSettled(): boolean {
    return this.trust.isWhole;
  }

  private look(): void {
    const isLate = this.rhythm.look();
    // A failure is tried again at the next look.
    const relayed = this.run().catch((error: unknown) =>
      this.logger.debug(`put off: ${String(error)}`),
    );
    // Others counted on a look in time. Where the record is down this ends, too, and changes nothing.
    if (isLate) void this.trust.holdBackFor(relayed);
  }

  /** Without the record, which gives no positions now; followers of the feed hear of it afterwards. */
  private async tellDirectly(recorded: readonly Revocation[]): Promise<boolean> {
    if (recorded.length === 0) return false;
    this.sinks.forEach((sink) => sink.know?.(recorded));
    return this.store.revoke(recorded).then(
      () => true,
      () => false,
    );
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
    const { losses } = this.trust;
    for (;;) {
      const lookMs = performance.now();
      const batch = await this.record.findUnrelayed(RELAY_BATCH);
      this.readMs = lookMs;
      const isLast = batch.length < RELAY_BATCH;
      const told = batch.length > 0 ? await this.trust.holdBackFor(this.revoke(batch)) : null;
      if (isLast) this.trust.regain(losses);
      await told?.told;
      if (isLast) return;
    }
  }

  /** Resolves when the hot store has taken them, and the sinks know of them. */
  private async revoke(batch: readonly PositionedRevocation[]) {
    try {
      await this.store.revoke(batch);
    } catch (error) {
      // Whoever recorded these may have answered by now that it is done.
      this.trust.lose();
      throw error;
    }
    // Not waited for: another sink's trouble is not the hot store's.
    const told = this.tellSinks(batch);
    told.catch(() => undefined);
    return { told };
  }

  private async tellSinks(batch: readonly PositionedRevocation[]): Promise<void> {
    await Promise.all(this.sinks.map((sink) => sink.take(batch)));
    await this.record.markRelayed(batch.map(({ position }) => position));
  }
}
