/** Remembers for a moment what the record said, so that what Redis can decide goes on while PostgreSQL is down. */
import { TemporarilyUnavailableError } from '@keyward/oauth';

/** Entries that are remembered; the one that was read longest ago makes room. */
const MAX_ENTRIES = 10_000;

/** How long an entry is taken for what it was: a change is in force everywhere after this time. */
export const RECORD_FRESH_MS = 2000;

/** How long one is remembered while the record cannot be read. */
export const RECORD_STALE_MS = 300_000;

/** After a failure those that are remembered do not wait for the record again for so long. */
const RETRY_MS = 1000;

interface Entry<T> {
  // Resolved, and given to everybody who asks: most requests find all that they ask for here.
  readonly answer: Promise<T>;
  readonly readAtMs: number;
}

/** What the record holds by its key. That it holds nothing is never remembered. */
export class RecordCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private retryAtMs = -Infinity;

  /**
   * @param read asks the record
   * @param isNothing whether an answer says that the record holds nothing
   * @param clock milliseconds, of a clock that never goes back
   */
  constructor(
    private readonly read: (key: string) => Promise<T>,
    private readonly isNothing: (answer: T) => boolean,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** @throws TemporarilyUnavailableError where the record cannot be read and nothing is remembered */
  find(key: string): Promise<T> {
    const known = this.entries.get(key);
    const now = this.clock();
    if (known !== undefined && now - known.readAtMs < RECORD_FRESH_MS) return known.answer;
    return this.readAnew(key, known, now);
  }

  private async readAnew(key: string, known: Entry<T> | undefined, now: number): Promise<T> {
    const isUsable = known !== undefined && now - known.readAtMs < RECORD_STALE_MS;
    if (isUsable && now < this.retryAtMs) return known.answer;
    try {
      const value = await this.read(key);
      this.remember(key, value, now);
      return value;
    } catch (error) {
      if (!(error instanceof TemporarilyUnavailableError)) throw error;
      this.retryAtMs = this.clock() + RETRY_MS;
      if (isUsable) return known.answer;
      throw error;
    }
  }

  private remember(key: string, value: T, readAtMs: number): void {
    // Deleted first, so that the Map stays in the order of reading.
    this.entries.delete(key);
    if (this.isNothing(value)) return;
    const [oldest] = this.entries.keys();
    if (this.entries.size >= MAX_ENTRIES && oldest !== undefined) this.entries.delete(oldest);
    this.entries.set(key, { answer: Promise.resolve(value), readAtMs });
  }
}
