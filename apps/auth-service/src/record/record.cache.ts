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

/** How long one that is remembered waits for a record that neither answers nor fails: it may stand still. */
export const RECORD_PATIENCE_MS = 500;

interface Entry<T> {
  // Resolved, and given to everybody who asks: most requests find all that they ask for here.
  readonly answer: Promise<T>;
  readonly readAtMs: number;
}

/** What the record holds by its key. That it holds nothing is never remembered. */
export class RecordCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private readonly readings = new Map<string, Entry<T>>();
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

  /** Whether an answer is remembered, however old. */
  has(key: string): boolean {
    return this.entries.has(key);
  }

  private async readAnew(key: string, known: Entry<T> | undefined, now: number): Promise<T> {
    const isUsable = known !== undefined && now - known.readAtMs < RECORD_STALE_MS;
    if (isUsable && now < this.retryAtMs) return known.answer;
    if (!isUsable) return this.readOnce(key, now);
    // One reading a key: a record that stands still would else hold a connection for each request.
    const underWay = this.readings.get(key);
    const isFresh = underWay !== undefined && now - underWay.readAtMs < RECORD_FRESH_MS;
    return this.within(isFresh ? underWay.answer : this.readOnce(key, now), known.answer);
  }

  private readOnce(key: string, readAtMs: number): Promise<T> {
    const answer = this.read(key)
      .then((value) => {
        this.remember(key, value, readAtMs);
        return value;
      })
      .finally(() => {
        if (this.readings.get(key)?.answer === answer) this.readings.delete(key);
      });
    this.readings.set(key, { answer, readAtMs });
    return answer;
  }

  /** What is being read, or what is remembered where that is not to be had now. */
  private async within(reading: Promise<T>, known: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, RECORD_PATIENCE_MS, null);
    });
    try {
      const inTime = await Promise.race([reading.then((value) => ({ value })), late]);
      if (inTime !== null) return inTime.value;
      // Nobody else waits for it; what it says is remembered when it comes.
      reading.catch(() => undefined);
    } catch (error) {
      if (!(error instanceof TemporarilyUnavailableError)) throw error;
    } finally {
      clearTimeout(timer);
    }
    this.retryAtMs = this.clock() + RETRY_MS;
    return known;
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
