/** Every revocation in its order, as far as this process has read: what followers are served from. */
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type PositionedRevocation } from '../revocation.js';
import { type RevocationPage, RevocationRecord } from '../revocation.record.js';
import { RevocationSignal } from './revocation.signal.js';

/** How often the record is asked where no signal came. */
const POLL_INTERVAL_MS = 1000;
const PAGE = 1000;

/** The latest revocations are kept at hand, so that a thousand followers cost one read. */
const WINDOW = 10_000;

/** A process that reached the record within this time may say that there is nothing more. */
const CURRENT_MS = 5000;

/** What a follower reads at one time. */
export interface JournalPage {
  readonly revocations: readonly PositionedRevocation[];
  /** The position up to which these are all. */
  readonly reached: number;
  /** Whether there is nothing behind them yet. */
  readonly isWhole: boolean;
}

/** Reads the record behind the relays of all replicas, and wakes whoever follows. */
@Injectable()
export class RevocationJournal implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RevocationJournal.name);
  private readonly listeners = new Set<(revocations: readonly PositionedRevocation[]) => void>();
  private window: PositionedRevocation[] = [];
  /** What stands behind this position is in the window. */
  private windowStart = 0;
  private position: number | null = null;
  private readAtMs = -Infinity;
  private reading: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private closing = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly record: RevocationRecord,
    private readonly signal: RevocationSignal,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), POLL_INTERVAL_MS).unref();
    this.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    clearInterval(this.timer);
    await Promise.allSettled([this.reading, this.next]);
    await this.signal.stop();
  }

  /**
   * Calls `listener` with what is new, in order; with nothing where the record's order began anew,
   * as after a restore, so that whatever was read before counts no more.
   *
   * @returns what ends that
   */
  subscribe(listener: (revocations: readonly PositionedRevocation[]) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The position up to which this process has read; null before it could. */
  get reached(): number | null {
    return this.position;
  }

  /** Since this process knew all that the record holds; null before it ever did. */
  get ageSeconds(): number | null {
    return this.readAtMs === -Infinity ? null : (Date.now() - this.readAtMs) / 1000;
  }

  /** Whether this process knows now what the record holds. */
  get isCurrent(): boolean {
    return Date.now() - this.readAtMs < CURRENT_MS;
  }

  /**
   * Revocations behind `position` that are in force, the first of them.
   * @returns null for a position that the record has not given: the reader knows another order
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  async readAfter(position: number): Promise<JournalPage | null> {
    const page = this.fromWindow(position) ?? (await this.record.findAfter(position, PAGE));
    const { revocations, lastPosition } = page;
    if (position > lastPosition) return null;
    const last = revocations.at(-1);
    const isWhole = last === undefined || revocations.length < PAGE;
    const now = Date.now();
    return {
      revocations: revocations.filter(({ expiresAt }) => expiresAt.getTime() > now),
      reached: isWhole ? lastPosition : last.position,
      isWhole,
    };
  }

  private fromWindow(position: number): RevocationPage | null {
    if (this.position === null || position < this.windowStart) return null;
    const start = this.window.findIndex((one) => one.position > position);
    const revocations = start === -1 ? [] : this.window.slice(start, start + PAGE);
    return { revocations, lastPosition: this.position };
  }

  /**
   * Resolves when all is read that was recorded before this call.
   * @throws TemporarilyUnavailableError where the record cannot be read
   */
  refresh(): Promise<void> {
    if (this.next !== null) return this.next;
    if (this.reading === null) return this.start();
    this.next = this.reading
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.start();
      });
    return this.next;
  }

  private start(): Promise<void> {
    if (this.closing) return Promise.resolve();
    this.reading = this.readAll().finally(() => (this.reading = null));
    return this.reading;
  }

  private wake(): void {
    this.refresh().catch((error: unknown) => this.logger.debug(`put off: ${String(error)}`));
  }

  private async readAll(): Promise<void> {
    await this.signal
      .listen(() => this.wake())
      .catch((error: unknown) => {
        this.logger.debug(`no signal of revocations: ${String(error)}`);
      });
    // The first time nothing but the position is wanted: what is older is read on demand.
    this.position ??= await this.begin();
    for (;;) {
      const { revocations, lastPosition } = await this.record.findAfter(this.position, PAGE);
      if (lastPosition < this.position) return this.beginAnew(lastPosition);
      this.readAtMs = Date.now();
      const last = revocations.length < PAGE ? lastPosition : revocations.at(-1)?.position;
      this.position = last ?? lastPosition;
      this.keep(revocations);
      if (revocations.length > 0) this.tell(revocations);
      if (revocations.length < PAGE) return;
    }
  }

  private async begin(): Promise<number> {
    const { lastPosition } = await this.record.findAfter(Number.MAX_SAFE_INTEGER, 1);
    this.windowStart = lastPosition;
    return lastPosition;
  }

  /** The record stands before what was read: it was restored from a backup. */
  private beginAnew(lastPosition: number): void {
    this.logger.warn(
      `revocations are counted from ${lastPosition} again; every follower starts over`,
    );
    this.window = [];
    this.windowStart = this.position = lastPosition;
    this.tell([]);
  }

  private keep(revocations: readonly PositionedRevocation[]): void {
    this.window.push(...revocations);
    if (this.window.length <= WINDOW) return;
    this.window = this.window.slice(-WINDOW / 2);
    this.windowStart = (this.window[0]?.position ?? 1) - 1;
  }

  private tell(revocations: readonly PositionedRevocation[]): void {
    for (const listener of this.listeners) listener(revocations);
  }
}
