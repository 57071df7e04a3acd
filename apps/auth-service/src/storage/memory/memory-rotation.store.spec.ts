import {
  handleFixture,
  lineageFixture,
  presentationFixture,
} from '../../testing/lineage.fixture.js';
import { describeRotationStore } from '../contracts/rotation.store.contract.js';
import { MemoryRotationStore } from './memory-rotation.store.js';

describe('MemoryRotationStore', () => {
  describeRotationStore(async () => {
    let skewMs = 0;
    const now = () => Date.now() + skewMs;
    const store = new MemoryRotationStore(now);
    return {
      store,
      replica: store,
      advance: async (_handle, ms) => void (skewMs += ms),
      lose: async () => new MemoryRotationStore(now),
    };
  });

  it('drops what has expired while it grows', async () => {
    let now = Date.now();
    const store = new MemoryRotationStore(() => now);
    const old = handleFixture();
    await store.put(old, lineageFixture());
    now += 100_000_000;
    const fresh = lineageFixture({ idleExpiresMs: now + 1000, absoluteExpiresMs: now + 1000 });
    for (let index = 0; index < 1000; index += 1) await store.put(handleFixture(), fresh);
    expect(await store.present(old, presentationFixture(1))).toBeNull();
  });
});
