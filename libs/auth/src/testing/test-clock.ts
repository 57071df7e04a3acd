/** The time of a test: it goes on by itself, and a test moves it further. */

/** A clock that is real time, and as far ahead of it as it was moved. */
export class TestClock {
  #aheadMs = 0;

  /** Milliseconds since the epoch; bound, to be handed to AuthModule as its `clock`. */
  readonly now = (): number => Date.now() + this.#aheadMs;

  /** Whole seconds since the epoch, as tokens have them. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Moves the time; a negative number moves it back. */
  advanceSeconds(seconds: number): void {
    this.#aheadMs += seconds * 1000;
  }

  /** Back to real time. */
  reset(): void {
    this.#aheadMs = 0;
  }
}
