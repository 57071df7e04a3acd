/** Counts requests in this process while they cannot be counted for all of them. */
import { Logger } from '@nestjs/common';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { RequestRateStore, type Settled, type Settlement } from './request-rate.store.js';

/** After a failure nobody waits for the store again for so long. */
const RETRY_MS = 1000;

/**
 * A rate protects what is up; it is no reason to refuse what could be answered. So an outage leaves
 * each process with limits of its own. Guesses at passwords are braked elsewhere, and not at all so.
 */
export class ResilientRequestRateStore extends RequestRateStore {
  private readonly logger = new Logger('Limits');
  private retryAtMs = -Infinity;
  private isTold = false;

  /** @param clock milliseconds, of a clock that never goes back */
  constructor(
    private readonly shared: RequestRateStore,
    private readonly own: RequestRateStore,
    private readonly clock: () => number = () => performance.now(),
  ) {
    super();
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    if (this.clock() < this.retryAtMs) return this.own.settle(settlements);
    try {
      const answers = await this.shared.settle(settlements);
      if (this.isTold) this.logger.log('requests are counted for all replicas again');
      this.isTold = false;
      return answers;
    } catch (error) {
      if (!(error instanceof TemporarilyUnavailableError)) throw error;
      this.retryAtMs = this.clock() + RETRY_MS;
      if (!this.isTold) this.logger.warn(`each replica counts requests by itself: ${error.reason}`);
      this.isTold = true;
      return this.own.settle(settlements);
    }
  }
}
