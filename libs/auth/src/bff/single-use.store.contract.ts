/** What every store of what may be used once does, run on each adapter. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BffSingleUseStore } from './single-use.store.js';

export function describeBffSingleUseStore(
  name: string,
  open: () => Promise<BffSingleUseStore> | BffSingleUseStore,
): void {
  describe(`${name} as a store of what may be used once`, () => {
    let store: BffSingleUseStore;
    let count = 0;
    const newKey = () => `once-${process.pid}-${Date.now()}-${(count += 1)}`;
    beforeAll(async () => {
      store = await open();
    });

    it('gives a value to one of many', async () => {
      const key = newKey();
      expect(await store.put(key, 'the value', 60_000)).toBe(true);
      const got = await Promise.all(Array.from({ length: 20 }, () => store.claim(key)));
      expect(got.filter((value) => value !== null)).toEqual(['the value']);
    });

    it('takes a key once, from one of many', async () => {
      const key = newKey();
      const put = await Promise.all(Array.from({ length: 20 }, () => store.put(key, '', 60_000)));
      expect(put.filter(Boolean)).toHaveLength(1);
    });

    it('forgets a value in its time', async () => {
      const key = newKey();
      await store.put(key, 'the value', 50);
      await sleep(100);
      expect(await store.claim(key)).toBeNull();
      expect(await store.put(key, 'another', 60_000)).toBe(true);
    });
  });
}
