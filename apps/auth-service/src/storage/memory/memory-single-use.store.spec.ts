import { describeSingleUseStore } from '../contracts/single-use.store.contract.js';
import { MemorySingleUseStore } from './memory-single-use.store.js';

const ENTRY = { value: 'value', binding: 'binding' };

describe('MemorySingleUseStore', () => {
  describeSingleUseStore(async () => {
    const store = new MemorySingleUseStore();
    return { store, replica: store };
  });

  it('drops expired entries while it grows', async () => {
    const store = new MemorySingleUseStore();
    for (let index = 0; index < 2500; index += 1) await store.put(`past ${index}`, ENTRY, -1);
    expect(store.size).toBeLessThan(1001);
  });

  it('takes nothing beyond its bound, and loses nothing that was claimed', async () => {
    const store = new MemorySingleUseStore(2);
    await store.put('a', ENTRY, 60);
    await store.claim('a', ENTRY.binding);
    await store.put('b', ENTRY, -1);
    await store.put('c', ENTRY, 60);
    await expect(store.put('d', ENTRY, 60)).rejects.toMatchObject({ status: 503 });
    expect(await store.claim('a', ENTRY.binding)).toMatchObject({ outcome: 'replayed' });
    expect(await store.put('a', ENTRY, 60)).toBe(false);
  });
});
