/** What every RequestRateStore must do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type RequestRateStore, type Settled } from '../../limits/request-rate.store.js';
import { type RequestRate } from '../../limits/request.rate.js';

/** A store under test. */
export interface RequestRateStoreHarness {
  readonly store: RequestRateStore;
  /** Another process's view of the same state; the same store where there is only one process. */
  readonly replica: RequestRateStore;
}

const NEVER_AGAIN: RequestRate = { count: 1, periodMs: 86_400_000, burst: 5 };
const QUICK: RequestRate = { count: 1, periodMs: 200, burst: 3 };

/** @param open an empty store */
export function describeRequestRateStore(open: () => Promise<RequestRateStoreHarness>): void {
  async function settle(
    store: RequestRateStore,
    { key = 'a', rate = NEVER_AGAIN, spent = 0, taking = 0 },
  ): Promise<Settled> {
    const [answer] = await store.settle([{ key, rate, spent, taking }]);
    if (answer === undefined) throw new Error('the settlement was not answered');
    return answer;
  }
  const take = (store: RequestRateStore, rate = NEVER_AGAIN, key = 'a') =>
    settle(store, { key, rate, taking: 1 });

  it('grants a burst, to the last one of it, and says for how long nothing more', async () => {
    const { store, replica } = await open();
    for (const available of [4, 3, 2, 1]) {
      expect(await take(store)).toEqual({ granted: true, available, waitMs: 0 });
    }
    expect(await take(replica)).toMatchObject({ granted: true, available: 0 });
    const refused = await take(store);
    expect(refused).toMatchObject({ granted: false, available: 0 });
    expect(refused.waitMs).toBeGreaterThan(86_390_000);
    expect(refused.waitMs).toBeLessThanOrEqual(86_400_000);
  });

  it('grants again at the time that it said, and not before', async () => {
    const { store, replica } = await open();
    for (let i = 0; i < 3; i += 1) expect((await take(store, QUICK)).granted).toBe(true);
    const { granted, waitMs } = await take(replica, QUICK);
    expect(granted).toBe(false);
    expect(waitMs).toBeLessThanOrEqual(200);
    await sleep(waitMs + 2);
    expect((await take(replica, QUICK)).granted).toBe(true);
    expect((await take(store, QUICK)).granted).toBe(false);
  });

  it('grants all of what is taken at once, or nothing of it', async () => {
    const { store } = await open();
    expect(await settle(store, { taking: 6 })).toMatchObject({ granted: false, available: 5 });
    expect(await settle(store, { taking: 5 })).toMatchObject({ granted: true, available: 0 });
  });

  it('charges what was spent though there is no room for it, and makes up for it later', async () => {
    const { store, replica } = await open();
    expect(await settle(store, { spent: 7 })).toMatchObject({ available: -2 });
    expect(await settle(replica, {})).toMatchObject({ available: -2 });
    expect(await take(replica)).toMatchObject({ granted: false });
  });

  it('grants 50 parallel requests at two replicas one burst', async () => {
    const { store, replica } = await open();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => take(index % 2 === 0 ? store : replica)),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(5);
  });

  it('keeps keys apart, and answers in the order of the questions', async () => {
    const { store } = await open();
    await settle(store, { key: 'key 3', spent: 5 });
    const settlements = Array.from({ length: 500 }, (_, index) => ({
      key: `key ${index}`,
      rate: NEVER_AGAIN,
      spent: index % 3,
      taking: 1,
    }));
    const answers = await store.settle(settlements);
    expect(answers.map(({ available }) => available)).toEqual(
      settlements.map(({ spent }, index) => (index === 3 ? 0 : 4 - spent)),
    );
    expect(answers.filter(({ granted }) => !granted)).toHaveLength(1);
  });

  it('takes a key that rested long enough for a new one', async () => {
    const { store } = await open();
    const rate = { count: 1, periodMs: 20, burst: 3 };
    expect(await settle(store, { rate, spent: 3 })).toMatchObject({ available: 0 });
    await sleep(80);
    expect(await settle(store, { rate })).toEqual({ granted: true, available: 3, waitMs: 0 });
  });

  it.each([1, 3, 7, 600, 2000, 9999, 1_000_000])(
    'grants a burst of exactly %i at any rate',
    async (count) => {
      const { store } = await open();
      const rate = { count, periodMs: 86_400_000, burst: count };
      await settle(store, { rate, spent: count - 1 });
      expect((await take(store, rate)).granted).toBe(true);
      // A rate of a million is past for a part of a millisecond when it is asked again.
      if (count < 10_000) expect((await take(store, rate)).granted).toBe(false);
    },
  );
}
