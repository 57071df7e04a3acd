/** Whatever may be used once, in this process: the default of a single process without Redis. */
import { TemporarilyUnavailableError } from '@keyward/oauth';
import {
  type ClaimOutcome,
  type SingleUseEntry,
  SingleUseStore,
} from '../../single-use/single-use.store.js';

/** Most entries that are kept, unless told otherwise. */
export const MAX_SINGLE_USE_ENTRIES = 100_000;

/** Entries at which expired ones are looked for; doubled when most of them are live. */
const FIRST_SWEEP_SIZE = 1000;

interface KeptEntry extends SingleUseEntry {
  readonly memoryMs: number;
  claimed: boolean;
  expiresAtMs: number;
}

/** Nothing here waits, so nothing comes between the steps of a verb. */
export class MemorySingleUseStore extends SingleUseStore {
  private readonly entries = new Map<string, KeptEntry>();
  private sweepSize = FIRST_SWEEP_SIZE;

  /** @param maxEntries beyond it nothing is taken: dropping a claimed entry would let it be used again */
  constructor(private readonly maxEntries = MAX_SINGLE_USE_ENTRIES) {
    super();
  }

  async put(
    key: string,
    entry: SingleUseEntry,
    lifetimeSeconds: number,
    memorySeconds = 0,
  ): Promise<boolean> {
    if (this.find(key) !== undefined) return false;
    if (this.entries.size >= Math.min(this.sweepSize, this.maxEntries)) this.sweep();
    if (this.entries.size >= this.maxEntries) {
      throw new TemporarilyUnavailableError(
        'the server cannot answer now',
        `more than ${this.maxEntries} single-use entries: a server of this load needs Redis`,
      );
    }
    this.entries.set(key, {
      ...entry,
      memoryMs: memorySeconds * 1000,
      claimed: false,
      expiresAtMs: Date.now() + lifetimeSeconds * 1000,
    });
    return true;
  }

  async peek(key: string): Promise<string | null> {
    const entry = this.find(key);
    return entry === undefined || entry.claimed ? null : entry.value;
  }

  async claim(key: string, binding: string): Promise<ClaimOutcome> {
    const entry = this.find(key);
    if (entry === undefined) return { outcome: 'absent' };
    if (entry.binding !== binding) return { outcome: 'mismatched' };
    if (entry.claimed) return { outcome: 'replayed', value: entry.value };
    entry.claimed = true;
    entry.expiresAtMs += entry.memoryMs;
    return { outcome: 'claimed', value: entry.value };
  }

  async release(key: string): Promise<void> {
    const entry = this.find(key);
    if (entry === undefined || !entry.claimed) return;
    entry.claimed = false;
    entry.expiresAtMs -= entry.memoryMs;
  }

  /** Entries held, expired ones that were not swept yet included. */
  get size(): number {
    return this.entries.size;
  }

  private find(key: string): KeptEntry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expiresAtMs > Date.now()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  private sweep(): void {
    const now = Date.now();
    for (const [key, { expiresAtMs }] of this.entries) {
      if (expiresAtMs <= now) this.entries.delete(key);
    }
    this.sweepSize = Math.max(FIRST_SWEEP_SIZE, this.entries.size * 2);
  }
}
