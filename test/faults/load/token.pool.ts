/** Access tokens that nobody has used yet, so that there are new ones while none are made. */

interface StockedToken {
  readonly token: string;
  readonly madeAt: number;
}

const LIMIT = 800;
/** Long before they expire (300 s). */
const MAX_AGE_MS = 150_000;

export class TokenPool {
  readonly #tokens: StockedToken[] = [];

  get size(): number {
    return this.#tokens.length;
  }

  add(token: string): void {
    this.#tokens.push({ token, madeAt: performance.now() });
    if (this.#tokens.length > LIMIT) this.#tokens.shift();
  }

  /** The newest; undefined where there is none that is good for a while. */
  take(): string | undefined {
    const newest = this.#tokens.pop();
    return newest && performance.now() - newest.madeAt < MAX_AGE_MS ? newest.token : undefined;
  }
}

/** One token out of the pool, held and changed in time. */
export class HeldToken {
  #held: StockedToken | undefined;

  constructor(private readonly pool: TokenPool) {}

  /** Whether the next one will be taken as soon as there is one. */
  get isDue(): boolean {
    return this.#held === undefined || performance.now() - this.#held.madeAt > MAX_AGE_MS / 2;
  }

  get(): string | undefined {
    if (this.isDue) {
      const token = this.pool.take();
      if (token !== undefined) this.#held = { token, madeAt: performance.now() };
    }
    return this.#held?.token;
  }
}
