/** Leaves an issuer that fails alone for a while, and lets one request find out when it is back. */

const MAXIMUM_PAUSE_SECONDS = 60;

/** Counts failures in a row. Time is the caller's, in milliseconds. */
export class Circuit {
  #failures = 0;
  #closedUntilMs = -Infinity;
  #probing = false;

  constructor(
    private readonly failuresBeforePause: number,
    private readonly pauseSeconds: number,
  ) {}

  /** Whether a request may go out now. Whoever is told so must tell how it ended. */
  mayAsk(nowMs: number): boolean {
    if (this.#failures < this.failuresBeforePause) return true;
    if (this.#probing || nowMs < this.#closedUntilMs) return false;
    this.#probing = true;
    return true;
  }

  /** The issuer answered, whatever it said. */
  succeeded(): void {
    this.#failures = 0;
    this.#probing = false;
  }

  /** @param retryAfterSeconds as the issuer wished, where it did: it is left alone at once */
  failed(nowMs: number, retryAfterSeconds = 0): void {
    const isPaused = this.#failures >= this.failuresBeforePause && nowMs < this.#closedUntilMs;
    this.#probing = false;
    // Of many requests that failed together only the first ones count.
    if (isPaused) return;
    this.#failures += 1;
    if (retryAfterSeconds > 0) this.#failures = Math.max(this.#failures, this.failuresBeforePause);
    const excess = Math.max(0, this.#failures - this.failuresBeforePause);
    const seconds = Math.max(this.pauseSeconds * 2 ** Math.min(excess, 10), retryAfterSeconds);
    const spread = 0.75 + 0.5 * Math.random();
    this.#closedUntilMs = nowMs + Math.min(MAXIMUM_PAUSE_SECONDS, seconds) * 1000 * spread;
  }

  /** Seconds after which asking again makes sense; at least 1. */
  retryAfterSeconds(nowMs: number): number {
    const waitMs = Number.isFinite(this.#closedUntilMs) ? this.#closedUntilMs - nowMs : 0;
    return Math.max(1, Math.ceil(waitMs / 1000));
  }
}
