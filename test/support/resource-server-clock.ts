/** A clock that stands still until a test moves it. */

/** Time as a resource server under test sees it. */
export class TestClock {
  #nowMs = Date.UTC(2026, 0, 1, 12);

  /** Milliseconds since the epoch; bound, so that it can be handed over as it is. */
  readonly nowMs = (): number => this.#nowMs;

  /** Seconds since the epoch. */
  nowSeconds(): number {
    return Math.floor(this.#nowMs / 1000);
  }

  advanceSeconds(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }

  /** Sets the time, in milliseconds since the epoch. */
  setMs(nowMs: number): void {
    this.#nowMs = nowMs;
  }
}
