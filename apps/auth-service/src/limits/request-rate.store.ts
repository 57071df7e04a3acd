/** Port: how many requests of whom were let through, over all replicas. */
import { type RequestRate } from './request.rate.js';

/** What one process tells of a key, and what it wants for it. */
export interface Settlement {
  /** Whoever is counted, and for what; anything may be in it. */
  readonly key: string;
  readonly rate: RequestRate;
  /** Requests that were let through already: they are charged whether there was room or not. */
  readonly spent: number;
  /** Requests that may be let through only if all of them are charged now. */
  readonly taking: number;
}

/** Where the key stands then. */
export interface Settled {
  /** Whether `taking` was charged. */
  readonly granted: boolean;
  /** Requests for which there is room still; below zero after more was spent than there was. */
  readonly available: number;
  /** Until there is room for one request; 0 where there is. */
  readonly waitMs: number;
}

/**
 * One atomic step a key. A key is forgotten once it has made up for all that it spent, so that an
 * unknown key and one that rested long enough are the same.
 */
export abstract class RequestRateStore {
  /**
   * @returns an answer for each settlement, in their order
   * @throws TemporarilyUnavailableError where it cannot be counted; some of it may have been
   */
  abstract settle(settlements: readonly Settlement[]): Promise<readonly Settled[]>;
}
