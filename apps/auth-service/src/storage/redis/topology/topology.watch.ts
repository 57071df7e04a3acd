/** Looks where the masters are: now and then, and soon after something failed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';

/** Not more often than this, however many requests fail. */
const MIN_PAUSE_MS = 100;

/** One look at a time, with a pause after each. */
export class TopologyWatch {
  readonly #closing = new AbortController();
  #hurry = new AbortController();
  readonly #logger = new Logger(TopologyWatch.name);
  #lost = false;

  /**
   * @param look finds the masters, or throws
   * @param periodMs pause between two looks where nothing is suspected
   */
  constructor(
    private readonly look: () => Promise<void>,
    private readonly periodMs: number,
  ) {}

  /**
   * Begins, and resolves after the first look that succeeded.
   * @throws Error when it is closed before
   */
  async open(): Promise<void> {
    while (!(await this.#succeeds())) {
      await sleep(MIN_PAUSE_MS, undefined, { ref: false });
      if (this.#closing.signal.aborted) throw new Error('closed before the masters were found');
    }
    void this.#keepLooking();
  }

  /** Ends the present pause. */
  suspect(): void {
    this.#hurry.abort();
  }

  close(): void {
    this.#closing.abort();
    this.#hurry.abort();
  }

  async #keepLooking(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await sleep(MIN_PAUSE_MS, undefined, { ref: false });
      const { signal } = this.#hurry;
      await sleep(this.periodMs, undefined, { ref: false, signal }).catch(() => undefined);
      this.#hurry = new AbortController();
      if (!this.#closing.signal.aborted) await this.#succeeds();
    }
  }

  async #succeeds(): Promise<boolean> {
    try {
      await this.look();
      this.#lost = false;
      return true;
    } catch (error) {
      if (!this.#lost && !this.#closing.signal.aborted) {
        this.#logger.warn(error instanceof Error ? error.message : String(error));
      }
      this.#lost = true;
      return false;
    }
  }
}
