/** Looks where the masters are: now and then, and soon after something failed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../../../config/configuration.error.js';

/** Not more often than this, however many requests fail. */
const MIN_PAUSE_MS = 100;

/** One look at a time, with a pause after each. */
export class TopologyWatch {
  readonly #closing = new AbortController();
  #hurry = new AbortController();
  readonly #logger = new Logger(TopologyWatch.name);
  #failure: unknown = null;

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
   * @throws ConfigurationError where waiting would not help; Error when it is closed before
   */
  async open(): Promise<void> {
    while (!(await this.#succeeds())) {
      if (this.#failure instanceof ConfigurationError) throw this.#failure;
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
      this.#failure = null;
      return true;
    } catch (error) {
      if (this.#failure === null && !this.#closing.signal.aborted) {
        this.#logger.warn(error instanceof Error ? error.message : String(error));
      }
      this.#failure = error;
      return false;
    }
  }
}
