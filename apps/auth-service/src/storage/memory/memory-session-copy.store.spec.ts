import { cookieHash, sessionFixture } from '../../testing/session.fixture.js';
import {
  describeSessionCopyStore,
  leaseOf,
  useAfter,
} from '../contracts/session-copy.store.contract.js';
import { MemorySessionCopyStore } from './memory-session-copy.store.js';

describe('MemorySessionCopyStore', () => {
  describeSessionCopyStore(async () => {
    const store = new MemorySessionCopyStore();
    return { store, replica: store };
  });

  it('takes no copy by a lease that has expired', async () => {
    const store = new MemorySessionCopyStore();
    const key = cookieHash();
    const lease = await leaseOf(store, key);
    await store.put(key, lease, sessionFixture(), useAfter(10_000).now);
    expect((await store.find(key, useAfter(10_000))).session).toBeNull();
  });

  it('drops what has expired while it grows', async () => {
    const store = new MemorySessionCopyStore();
    for (let index = 0; index < 2500; index += 1) {
      await store.find(cookieHash(), useAfter(index * 100));
    }
    expect(store.size).toBeLessThan(1200);
  });
});
