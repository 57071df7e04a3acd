/** Remembers which kids the issuer does not have, so that asking again is free. */

const MAXIMUM_KIDS = 1000;

/** A bounded negative cache; when it is full, the kid that was learnt first makes room. */
export class UnknownKids {
  readonly #untilMs = new Map<string, number>();

  /** @param lifetimeMs how long a kid counts as unknown */
  constructor(private readonly lifetimeMs: number) {}

  /** Whether the issuer was asked for `kid` lately, and had none. */
  has(kid: string, nowMs: number): boolean {
    const until = this.#untilMs.get(kid);
    return until !== undefined && nowMs < until;
  }

  add(kid: string, nowMs: number): void {
    this.#untilMs.delete(kid);
    for (const oldest of this.#untilMs.keys()) {
      if (this.#untilMs.size < MAXIMUM_KIDS) break;
      this.#untilMs.delete(oldest);
    }
    this.#untilMs.set(kid, nowMs + this.lifetimeMs);
  }
}
