/** Does what no request waits for: behind them, a few at a time, and no more than it can hold. */

/** How the queue is doing. */
export interface ShadowQueueState {
  /** Waiting or under way. */
  readonly pending: number;
  /** Dropped since the start, because too much was pending. */
  readonly dropped: number;
}

const AT_ONCE = 8;

/** A queue in memory that drops what it cannot hold. */
export class ShadowQueue {
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #dropped = 0;
  #scheduled = false;

  /** @param maxPending waiting or under way, at most */
  constructor(private readonly maxPending: number) {}

  /**
   * Takes `work`, which is begun in a later turn of the event loop and must never reject.
   * @returns false where it was dropped
   */
  offer(work: () => Promise<void>): boolean {
    if (this.#running + this.#waiting.length >= this.maxPending) {
      this.#dropped += 1;
      return false;
    }
    this.#waiting.push(work);
    this.#schedule();
    return true;
  }

  state(): ShadowQueueState {
    return { pending: this.#running + this.#waiting.length, dropped: this.#dropped };
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#running >= AT_ONCE) return;
    this.#scheduled = true;
    // One a turn: a burst must not keep the event loop from the requests.
    setImmediate(() => {
      this.#scheduled = false;
      this.#begin();
      this.#schedule();
    });
  }

  #begin(): void {
    const work = this.#waiting.shift();
    if (work === undefined) return;
    this.#running += 1;
    void work().finally(() => {
      this.#running -= 1;
      this.#schedule();
    });
  }
}
