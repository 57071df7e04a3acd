/** One limit: lets requests through by leases, so that few of them wait for Redis. */
import { RequestLeases, type RequestLease } from './request.lease.js';
import { type RequestRateStore, type Settled, type Settlement } from './request-rate.store.js';
import { type RequestRate } from './request.rate.js';

/** A process lets through at most this part of a burst that it has not charged. */
const LEASE_PART = 20;

/** Keys that are known at a time, each some hundred bytes. */
const MAX_KEYS = 20_000;

/** A key that has used all up is asked about no more often, whatever comes. */
const ASK_INTERVAL_MS = 5;

/** The requests that a process may let through on top of a rate: 0 for small bursts, which are exact. */
export function leaseOf({ burst }: RequestRate): number {
  return Math.floor(burst / LEASE_PART);
}

/**
 * What is let through is charged afterwards, by half a lease or when the process next settles all: so
 * in any time all replicas together let through what the rate allows, and a lease each. A lease of 0
 * is charged before.
 */
export class RequestLimiter {
  /** For metrics: plain numbers, read when somebody asks. */
  allowed = 0;
  refused = 0;

  private readonly lease: number;
  private readonly leases: RequestLeases;
  private noted: RequestLease[] = [];
  // Of all keys.
  private exhaustedUntilMs = -Infinity;

  /**
   * @param name what the keys of this limit begin with, and what a client is told
   * @param clock milliseconds, of a clock that never goes back
   */
  constructor(
    readonly name: string,
    readonly rate: RequestRate,
    private readonly store: RequestRateStore,
    maxKeys = MAX_KEYS,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.lease = leaseOf(rate);
    this.leases = new RequestLeases(this.lease, maxKeys);
  }

  /**
   * Counts one request.
   * @param key whose it is
   * @returns milliseconds to wait, and 0 where it may go on; most answers need no promise
   * @throws TemporarilyUnavailableError where the store does
   */
  take(key: string): number | Promise<number> {
    const lease = this.leases.of(key);
    if (lease.credit === 0) return this.takeAtTheEnd(lease);
    this.spend(lease);
    return 0;
  }

  /** Whether there is certainly no room now; counts nothing. */
  isExhausted(key: string): boolean {
    const lease = this.leases.peek(key);
    return lease !== undefined && this.remainingMs(lease) > 0;
  }

  /** Whether it is worth asking {@link isExhausted}: nearly always one comparison says that it is not. */
  get isAnyExhausted(): boolean {
    return this.exhaustedUntilMs !== -Infinity && this.clock() < this.exhaustedUntilMs;
  }

  /** What was let through and has to be charged; the answers are for {@link settled}. */
  unsettled(): readonly RequestLease[] {
    const due = this.noted.filter(({ settling, spent }) => settling === null && spent > 0);
    // What is under way leaves something behind, which is noted again when it ends.
    for (const lease of this.noted) lease.isNoted = false;
    this.noted = [];
    return due;
  }

  /** The settlement of a lease, whose spent requests are on their way from now on. */
  settlementOf(lease: RequestLease): Settlement {
    const { spent } = lease;
    lease.spent = 0;
    return { key: `${this.name} ${lease.key}`, rate: this.rate, spent, taking: 0 };
  }

  /** What the store answered about a lease. */
  settled(lease: RequestLease, { available, waitMs }: Settled): void {
    const now = this.clock();
    // Whatever was let through meanwhile is not charged yet.
    lease.credit = Math.max(0, Math.min(this.lease, available) - lease.spent);
    lease.askFromMs = now + ASK_INTERVAL_MS;
    if (available < 1) this.exhaust(lease, Math.max(waitMs, ASK_INTERVAL_MS));
    if (lease.spent > 0) this.note(lease);
  }

  get keys(): number {
    return this.leases.size;
  }

  private spend(lease: RequestLease): void {
    lease.credit -= 1;
    lease.spent += 1;
    this.allowed += 1;
    if (!lease.isNoted) this.note(lease);
    const isShort = lease.credit * 2 < this.lease && lease.settling === null;
    // Behind the request: what fails here fails for whoever finds no credit left.
    if (isShort && this.clock() >= lease.askFromMs) this.settle(lease).catch(() => undefined);
  }

  private takeAtTheEnd(lease: RequestLease): number | Promise<number> {
    const remainingMs = this.remainingMs(lease);
    if (remainingMs > 0) return this.refuse(remainingMs);
    return this.lease === 0 ? this.takeExactly(lease) : this.takeWhenSettled(lease);
  }

  private async takeExactly(lease: RequestLease): Promise<number> {
    const asked = { key: `${this.name} ${lease.key}`, rate: this.rate, spent: 0, taking: 1 };
    const [answer] = await this.store.settle([asked]);
    if (answer?.granted !== false) {
      this.allowed += 1;
      return 0;
    }
    this.exhaust(lease, answer.waitMs);
    return this.refuse(answer.waitMs);
  }

  private async takeWhenSettled(lease: RequestLease): Promise<number> {
    for (;;) {
      await (lease.settling ?? this.settle(lease));
      if (lease.credit > 0) {
        this.spend(lease);
        return 0;
      }
      const remainingMs = this.remainingMs(lease);
      if (remainingMs > 0) return this.refuse(remainingMs);
    }
  }

  private settle(lease: RequestLease): Promise<void> {
    const settlement = this.settlementOf(lease);
    lease.settling = this.store
      .settle([settlement])
      .then(([answer]) => {
        if (answer !== undefined) this.settled(lease, answer);
      })
      .finally(() => (lease.settling = null));
    return lease.settling;
  }

  private note(lease: RequestLease): void {
    if (lease.isNoted) return;
    lease.isNoted = true;
    this.noted.push(lease);
  }

  private exhaust(lease: RequestLease, forMs: number): void {
    lease.refusedUntilMs = this.clock() + forMs;
    this.exhaustedUntilMs = Math.max(this.exhaustedUntilMs, lease.refusedUntilMs);
  }

  private remainingMs({ refusedUntilMs }: RequestLease): number {
    return Math.max(0, refusedUntilMs - this.clock());
  }

  private refuse(waitMs: number): number {
    this.refused += 1;
    return waitMs;
  }
}
