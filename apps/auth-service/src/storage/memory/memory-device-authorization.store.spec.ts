import { describeDeviceAuthorizationStore } from '../contracts/device-authorization.store.contract.js';
import { MemoryDeviceAuthorizationStore } from './memory-device-authorization.store.js';

const ENTRY = { value: '{}', clientId: 'tv', dpopJkt: null };
const TIMES = { lifetimeSeconds: 60, memorySeconds: 60, intervalSeconds: 5, leaseSeconds: 10 };

describe('MemoryDeviceAuthorizationStore', () => {
  describeDeviceAuthorizationStore(async () => {
    const store = new MemoryDeviceAuthorizationStore();
    return { store, replica: store };
  });

  it('takes nothing beyond its bound, but in the place of what it may forget', async () => {
    const store = new MemoryDeviceAuthorizationStore(2);
    const begin = (id: string, times = TIMES) =>
      store.begin({ ...ENTRY, id, userCodeKey: id }, times);
    const past = { ...TIMES, lifetimeSeconds: -2, memorySeconds: 1 };
    expect([await begin('a', past), await begin('b'), await begin('c')]).toEqual([
      true,
      true,
      true,
    ]);
    await expect(begin('d')).rejects.toMatchObject({ status: 503 });
    expect(await store.enter('b', 'alice')).toBe('b');
  });
});
