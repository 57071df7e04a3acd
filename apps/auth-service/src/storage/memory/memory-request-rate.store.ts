/** Request rates in this process: of a single process without Redis, and while Redis is down. */
import { settleCells } from '../../limits/cell.rate.js';
import {
  RequestRateStore,
  type Settled,
  type Settlement,
} from '../../limits/request-rate.store.js';

const MAX_KEYS = 100_000;

/** Nothing here waits, so nothing comes between the steps of a settlement. */
export class MemoryRequestRateStore extends RequestRateStore {
  private readonly times = new Map<string, number>();

  /**
   * @param maxKeys beyond it the key that was settled longest ago is forgotten: it has rested longest
   * @param clock milliseconds, of a clock that never goes back
   */
  constructor(
    private readonly maxKeys = MAX_KEYS,
    private readonly clock: () => number = () => performance.now(),
  ) {
    super();
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    const now = this.clock();
    return settlements.map((settlement) => {
      const { settled, atMs } = settleCells(this.times.get(settlement.key), settlement, now);
      // Deleted first, so that the Map stays in the order of settling.
      this.times.delete(settlement.key);
      if (atMs > now) this.remember(settlement.key, atMs);
      return settled;
    });
  }

  /** Keys held, rested ones that nobody asked for since included. */
  get size(): number {
    return this.times.size;
  }

  private remember(key: string, atMs: number): void {
    const [oldest] = this.times.keys();
    if (this.times.size >= this.maxKeys && oldest !== undefined) this.times.delete(oldest);
    this.times.set(key, atMs);
  }
}
