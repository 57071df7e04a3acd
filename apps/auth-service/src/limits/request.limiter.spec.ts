import fc from 'fast-check';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { MemoryRequestRateStore } from '../storage/memory/memory-request-rate.store.js';
import { leaseOf, RequestLimiter } from './request.limiter.js';
import { RequestRateStore, type Settled, type Settlement } from './request-rate.store.js';
import { emissionMs, type RequestRate } from './request.rate.js';
import { ResilientRequestRateStore } from './resilient-request-rate.store.js';

/** Counts what the store is asked, and answers late or not at all. */
class WatchedStore extends RequestRateStore {
  calls = 0;
  isDown = false;

  constructor(private readonly behind: RequestRateStore) {
    super();
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    this.calls += 1;
    await new Promise((resolve) => void setImmediate(resolve));
    if (this.isDown) throw new TemporarilyUnavailableError('down');
    return this.behind.settle(settlements);
  }
}

const RATE: RequestRate = { count: 1000, periodMs: 3_600_000, burst: 1000 };
const LEASE = leaseOf(RATE);

describe('RequestLimiter', () => {
  let now = 0;
  const clock = () => now;
  let store: WatchedStore;
  beforeEach(() => {
    now = 0;
    store = new WatchedStore(new MemoryRequestRateStore(undefined, clock));
  });

  const limiterOf = (rate = RATE, maxKeys?: number) =>
    new RequestLimiter('test', rate, store, maxKeys, clock);
  async function settleAll(limiter: RequestLimiter): Promise<void> {
    for (const lease of limiter.unsettled()) {
      const [answer] = await store.settle([limiter.settlementOf(lease)]);
      if (answer !== undefined) limiter.settled(lease, answer);
    }
  }

  it('lets one process have a burst, and not one request more', async () => {
    const limiter = limiterOf();
    let allowed = 0;
    for (let i = 0; i < 1200; i += 1) if ((await limiter.take('a')) === 0) allowed += 1;
    expect(allowed).toBe(1000);
    expect([limiter.allowed, limiter.refused]).toEqual([1000, 200]);
  });

  it('asks the store once for many requests of a busy key, and makes nobody wait for it', async () => {
    const limiter = limiterOf({ count: 100_000, periodMs: 1000, burst: 100_000 });
    for (let i = 0; i < 40_000; i += 1) {
      const answer = limiter.take('a');
      expect(answer).toBe(0);
      if (i % 100 === 99) {
        now += 1;
        await new Promise((resolve) => void setImmediate(resolve));
      }
    }
    expect(store.calls).toBeLessThanOrEqual(20);
  });

  it('does not ask for a quiet key at all until all are settled, by one call', async () => {
    const limiter = limiterOf();
    for (let i = 0; i < 10; i += 1) void limiter.take(`key ${i}`);
    expect(store.calls).toBe(0);
    const due = limiter.unsettled().map((lease) => limiter.settlementOf(lease));
    expect(due.map(({ spent }) => spent)).toEqual(Array(10).fill(1));
    expect(limiter.unsettled()).toEqual([]);
  });

  it('asks no store for a key that is certainly refused', async () => {
    const limiter = limiterOf({ count: 1, periodMs: 60_000, burst: 1 });
    expect(await limiter.take('a')).toBe(0);
    expect(await limiter.take('a')).toBe(60_000);
    const { calls } = store;
    for (let i = 0; i < 100; i += 1) expect(limiter.take('a')).toBe(60_000);
    expect(store.calls).toBe(calls);
    expect([limiter.isExhausted('a'), limiter.isExhausted('b')]).toEqual([true, false]);
    now = 60_001;
    expect(limiter.isExhausted('a')).toBe(false);
    expect(await limiter.take('a')).toBe(0);
  });

  it('lets many processes have a burst, what time makes up for, and a lease each', async () => {
    const steps = fc.array(
      fc.record({ process: fc.nat(3), requests: fc.nat(150), pauseMs: fc.nat(3000) }),
      { minLength: 1, maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (plan, settles) => {
        now = 0;
        store = new WatchedStore(new MemoryRequestRateStore(undefined, clock));
        const processes = [limiterOf(), limiterOf(), limiterOf(), limiterOf()];
        let allowed = 0;
        for (const { process, requests, pauseMs } of plan) {
          const limiter = processes[process] ?? limiterOf();
          const answers = Array.from({ length: requests }, async () => limiter.take('a'));
          allowed += (await Promise.all(answers)).filter((waitMs) => waitMs === 0).length;
          if (settles) for (const each of processes) await settleAll(each);
          now += pauseMs;
          const bound = RATE.burst + now / emissionMs(RATE) + processes.length * LEASE;
          expect(allowed).toBeLessThanOrEqual(bound + 0.01);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a bounded number of keys, and the busy ones among them', () => {
    const limiter = limiterOf(RATE, 100);
    for (let i = 0; i < 10_000; i += 1) {
      void limiter.take(`key ${i}`);
      void limiter.take('busy');
    }
    expect(limiter.keys).toBeLessThanOrEqual(100);
    const settlements = limiter.unsettled().map((lease) => limiter.settlementOf(lease));
    // What was dropped from memory is charged all the same; `busy` is on its way already.
    expect(settlements).toHaveLength(10_000);
  });

  it('goes on by itself while the store is out of reach, and asks it again a second later', async () => {
    const resilient = new ResilientRequestRateStore(
      store,
      new MemoryRequestRateStore(undefined, clock),
      clock,
    );
    const limiter = new RequestLimiter(
      'test',
      { count: 1, periodMs: 60_000, burst: 3 },
      resilient,
      undefined,
      clock,
    );
    store.isDown = true;
    const answers = [];
    for (let i = 0; i < 5; i += 1) answers.push(await limiter.take('a'));
    expect(answers).toEqual([0, 0, 0, 60_000, 60_000]);
    expect(store.calls).toBe(1);
    store.isDown = false;
    now = 1001;
    expect(await limiter.take('b')).toBe(0);
    expect(store.calls).toBe(2);
  });
});
