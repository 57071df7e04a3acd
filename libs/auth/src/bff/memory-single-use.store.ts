/** What may be used once, in this process: for one backend. */
import { BffStoreUnavailableError } from './browser-session.store.js';
import { BffSingleUseStore } from './single-use.store.js';

const MAX_VALUES = 100_000;

/** Bounded: once it is full of what is still good nothing more is taken, and the answer is 503. */
export class MemoryBffSingleUseStore extends BffSingleUseStore {
  readonly #values = new Map<string, { readonly value: string; readonly untilMs: number }>();

  /** @param clock milliseconds since the epoch */
  constructor(
    private readonly maxValues = MAX_VALUES,
    private readonly clock: () => number = Date.now,
  ) {
    super();
  }

  override async put(key: string, value: string, lifetimeMs: number): Promise<boolean> {
    const nowMs = this.clock();
    const known = this.#values.get(key);
    if (known !== undefined && known.untilMs > nowMs) return false;
    if (this.#values.size >= this.maxValues) this.#forgetExpired(nowMs);
    if (this.#values.size >= this.maxValues) {
      throw new BffStoreUnavailableError(`more than ${this.maxValues} sign-ins under way`);
    }
    this.#values.set(key, { value, untilMs: nowMs + lifetimeMs });
    return true;
  }

  override async claim(key: string): Promise<string | null> {
    const known = this.#values.get(key);
    this.#values.delete(key);
    return known !== undefined && known.untilMs > this.clock() ? known.value : null;
  }

  #forgetExpired(nowMs: number): void {
    for (const [key, { untilMs }] of this.#values) if (untilMs <= nowMs) this.#values.delete(key);
  }
}
