/** A token bucket: so many at once, then one every so often, whatever the demand. */

/** Bounds how often something is done. Time is the caller's, in milliseconds. */
export class TokenBucket {
  #level: number;
  #updatedMs: number | undefined;

  /**
   * @param capacity how many may be taken at once
   * @param refillMs how long until one more may be taken
   */
  constructor(
    private readonly capacity: number,
    private readonly refillMs: number,
  ) {
    this.#level = capacity;
  }

  /** Takes one, or says false where none is left. */
  take(nowMs: number): boolean {
    const elapsed = Math.max(0, nowMs - (this.#updatedMs ?? nowMs));
    this.#level = Math.min(this.capacity, this.#level + elapsed / this.refillMs);
    this.#updatedMs = nowMs;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }
}
