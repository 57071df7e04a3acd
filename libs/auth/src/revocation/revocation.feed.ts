/** Follows an issuer's revocations, and knows how far it can be trusted to know them all. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type FeedPlace, type RevocationEvent, type RevocationKind } from '@keyward/oauth';
import { RevokedSet, type RevocableToken } from './revoked-set.js';
import { type FeedMessage, type RevocationSource } from './revocation.source.js';

/** What a health check may know of a feed. */
export interface RevocationFeedState {
  /** Whether everything in force was replayed since the last gap. */
  readonly replayed: boolean;
  /** Seconds since the issuer last said that there is nothing more; absent where it never did. */
  readonly ageSeconds?: number;
  /** The last position read. */
  readonly position?: number;
  readonly entries: number;
  /** More than this process should hold: it counts as stale. */
  readonly overfull: boolean;
  /** Why the last connection ended; absent while one stands. */
  readonly lastFailure?: string;
}

/** Settings of a feed. */
export interface RevocationFeedOptions {
  readonly source: RevocationSource;
  /** Entries above which the feed counts as stale; none is dropped. Default 1,000,000. */
  readonly maxEntries?: number;
  /** Milliseconds since the epoch. Default Date.now; tests give their own. */
  readonly clock?: () => number;
}

const FIRST_RETRY_MS = 100;
const MAXIMUM_RETRY_MS = 5000;
const SWEEP_INTERVAL_MS = 60_000;

/** The order of the feed is broken: something may have been missed. */
class FeedGapError extends Error {
  override readonly name = 'FeedGapError';
}

/**
 * One feed of one issuer. It reconnects for as long as it lives, from the position where it was; after
 * a gap or a step back it asks for everything again, and is not trusted until it has it.
 */
export class RevocationFeed {
  readonly #source: RevocationSource;
  readonly #clock: () => number;
  readonly #revoked: RevokedSet;
  readonly #listeners = new Set<(event: RevocationEvent) => void>();
  #position: number | undefined;
  #replayed = false;
  #heardAtMs: number | undefined;
  #lastFailure: string | undefined;
  #failures = 0;
  #following: Promise<void> | undefined;
  #stop = new AbortController();

  constructor({ source, maxEntries, clock = Date.now }: RevocationFeedOptions) {
    this.#source = source;
    this.#clock = clock;
    this.#revoked = new RevokedSet(maxEntries);
  }

  /** Starts to follow. Bears repetition; never throws: a failure shows in the state. */
  start(): void {
    if (this.#following !== undefined) return;
    this.#stop = new AbortController();
    this.#following = this.#followForever(this.#stop.signal);
  }

  /** Ends the connection. Bears repetition. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    this.#following = undefined;
  }

  /**
   * Calls `listener` with every revocation as it comes, replayed ones too.
   * @returns ends that
   */
  subscribe(listener: (event: RevocationEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What of a token was revoked, as far as the feed knows, or undefined. */
  find(token: RevocableToken, kid: string | undefined): RevocationKind | undefined {
    return this.#revoked.find(token, kid);
  }

  /** Whether the feed may lack a revocation that is older than `maxStalenessMs`. */
  isStale(maxStalenessMs: number, nowMs: number): boolean {
    if (!this.#replayed || this.#heardAtMs === undefined) return true;
    return nowMs - this.#heardAtMs > maxStalenessMs || this.#revoked.isOverfull;
  }

  state(): RevocationFeedState {
    const heard = this.#heardAtMs;
    return {
      replayed: this.#replayed,
      ...(heard === undefined ? {} : { ageSeconds: Math.max(0, this.#clock() - heard) / 1000 }),
      ...(this.#position === undefined ? {} : { position: this.#position }),
      entries: this.#revoked.size,
      overfull: this.#revoked.isOverfull,
      ...(this.#lastFailure === undefined ? {} : { lastFailure: this.#lastFailure }),
    };
  }

  async #followForever(signal: AbortSignal): Promise<void> {
    const sweep = setInterval(
      () => this.#revoked.sweep(this.#clock() / 1000),
      SWEEP_INTERVAL_MS,
    ).unref();
    while (!signal.aborted) {
      try {
        for await (const message of this.#source.open(this.#position, signal)) this.#take(message);
        this.#lastFailure = 'the connection ended';
      } catch (error) {
        this.#lastFailure = error instanceof Error ? error.message : String(error);
      }
      this.#failures += 1;
      await sleep(this.#retryMs(), undefined, { signal, ref: false }).catch(() => undefined);
    }
    clearInterval(sweep);
  }

  /** @throws FeedGapError where something may have been missed */
  #take({ type, data }: FeedMessage): void {
    if (type === 'start') return this.#begin(data.position);
    this.#link(data);
    if (type === 'revocation') {
      this.#revoked.add(data, this.#clock() / 1000);
      for (const listener of this.#listeners) listener(data);
    } else {
      this.#replayed = true;
      this.#lastFailure = undefined;
      this.#failures = 0;
    }
    this.#position = data.position;
    if (this.#replayed) this.#heardAtMs = this.#clock();
  }

  #begin(position: number): void {
    if (position === (this.#position ?? 0)) {
      this.#position = position;
      return;
    }
    // The issuer counts otherwise than it did: whatever was read before proves nothing.
    this.#replayed = false;
    this.#position = position;
    if (position !== 0) this.#startOver(`it starts at ${position}`);
  }

  #link({ position, previous }: FeedPlace): void {
    if (previous !== this.#position) this.#startOver(`${previous} follows ${this.#position}`);
    if (position < previous) this.#startOver(`${position} comes after ${previous}`);
  }

  #startOver(why: string): never {
    this.#position = undefined;
    this.#replayed = false;
    throw new FeedGapError(`a gap in the feed: ${why}`);
  }

  /** With jitter, so that the replicas of a service do not come back in step. */
  #retryMs(): number {
    const delay = FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10);
    return Math.min(MAXIMUM_RETRY_MS, delay) * (0.5 + Math.random());
  }
}
