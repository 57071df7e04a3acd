import { ReplaysUnavailableError } from './dpop-proof.refusal.js';
import { MemoryProofReplayStore } from './memory-proof-replay.store.js';

describe('MemoryProofReplayStore', () => {
  it('gives a key to one caller until its time is over', async () => {
    let nowMs = 0;
    const store = new MemoryProofReplayStore(10, () => nowMs);
    expect(await store.claim('a', 70)).toBe(true);
    nowMs = 69_999;
    expect(await store.claim('a', 70)).toBe(false);
    nowMs = 70_000;
    expect(await store.claim('a', 70)).toBe(true);
  });

  it('takes nothing beyond its bound, and forgets nothing in its time', async () => {
    let nowMs = 0;
    const store = new MemoryProofReplayStore(2, () => nowMs);
    await store.claim('a', 60);
    await store.claim('b', 70);
    await expect(store.claim('c', 60)).rejects.toBeInstanceOf(ReplaysUnavailableError);
    expect(await store.claim('a', 60)).toBe(false);
    nowMs = 60_000;
    expect(await store.claim('c', 60)).toBe(true);
    expect(store.size).toBe(2);
  });

  it('remembers what is behind a longer one for no less than its time', async () => {
    let nowMs = 0;
    const store = new MemoryProofReplayStore(10, () => nowMs);
    await store.claim('long', 80);
    await store.claim('short', 10);
    nowMs = 20_000;
    expect(await store.claim('short', 10)).toBe(true);
    nowMs = 29_000;
    expect(await store.claim('short', 10)).toBe(false);
    nowMs = 100_000;
    expect(await store.claim('other', 10)).toBe(true);
    expect(store.size).toBe(1);
  });

  it.each([0, -1, 1.5, NaN])('does not start with a bound of %d', (bound) => {
    expect(() => new MemoryProofReplayStore(bound)).toThrow(TypeError);
  });
});
