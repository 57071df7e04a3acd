import { describeRequestRateStore } from '../contracts/request-rate.store.contract.js';
import { MemoryRequestRateStore } from './memory-request-rate.store.js';

describe('MemoryRequestRateStore', () => {
  describeRequestRateStore(async () => {
    const store = new MemoryRequestRateStore();
    return { store, replica: store };
  });

  it('is bounded, and forgets first who was settled longest ago', async () => {
    const store = new MemoryRequestRateStore(100);
    const rate = { count: 1, periodMs: 86_400_000, burst: 5 };
    const spend = (key: string) => store.settle([{ key, rate, spent: 1, taking: 0 }]);
    for (let index = 0; index < 1000; index += 1) {
      await spend(`key ${index}`);
      await spend('busy');
    }
    expect(store.size).toBe(100);
    expect((await spend('busy'))[0]?.available).toBeLessThan(0);
  });
});
