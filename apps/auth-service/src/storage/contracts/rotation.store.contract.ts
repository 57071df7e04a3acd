/** What every RotationStore must do: the outcome table, atomically. */
import { type Lineage } from '../../refresh-token/lineage.js';
import { type RotationStore } from '../../refresh-token/rotation.store.js';
import {
  handleFixture,
  lineageFixture,
  presentationFixture as present,
  TEST_RULES,
} from '../../testing/lineage.fixture.js';

/** A store under test, and what may happen to it. */
export interface RotationStoreHarness {
  readonly store: RotationStore;
  /** Another process's view of the same state; the same store where there is only one process. */
  readonly replica: RotationStore;
  /** Lets time pass for a lineage. */
  advance(handle: Buffer, ms: number): Promise<void>;
  /** Loses all state, as a flush or a new process does; returns the store to go on with. */
  lose(): Promise<RotationStore>;
}

const { retryWindowMs: W, lostResponseMs: LOST, idleMs: IDLE } = TEST_RULES;

export function describeRotationStore(open: () => Promise<RotationStoreHarness>): void {
  let harness: RotationStoreHarness;
  let store: RotationStore;
  let handle: Buffer;
  let first: Lineage;
  beforeEach(async () => {
    harness = await open();
    store = harness.store;
    handle = handleFixture();
    first = lineageFixture();
    await store.put(handle, first);
  });

  const outcome = async (generation: number, change = {}) => {
    const decision = await store.present(handle, present(generation, change));
    return decision && `${decision.outcome} ${decision.lineage.current}`;
  };
  const later = (ms: number) => harness.advance(handle, ms);

  it('rotates, and gives back what it was given', async () => {
    const decision = await store.present(handle, present(1));
    expect(decision).toMatchObject({
      outcome: 'rotated',
      lineage: { ...first, ...FREE, current: 2, parent: 1, floor: 1, standing: 'live' },
    });
    expect(decision?.lineage.idleExpiresMs).toBeGreaterThanOrEqual(first.idleExpiresMs);
  });

  it('gives 50 parallel refreshes of one token the same successor', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 ? store : harness.replica).present(handle, present(1)),
      ),
    );
    expect(all.filter((one) => one?.outcome === 'rotated')).toHaveLength(1);
    expect(all.filter((one) => one?.outcome === 'replayed')).toHaveLength(49);
    expect(new Set(all.map((one) => one?.lineage.current))).toEqual(new Set([2]));
  });

  it('answers the last generations within the window, five in a chain and no older one', async () => {
    for (const g of [1, 2, 3, 4, 5, 6]) expect(await outcome(g)).toBe(`rotated ${g + 1}`);
    for (const g of [6, 5, 4, 3, 2]) expect(await outcome(g)).toBe('replayed 7');
    expect(await outcome(1)).toBe('reused 7');
  });

  it('forgets the chain when a rotation comes after the window', async () => {
    await outcome(1);
    await later(W + 2000);
    expect(await outcome(2)).toBe('rotated 3');
    expect(await outcome(2)).toBe('replayed 3');
    expect(await outcome(1)).toBe('reused 3');
  });

  it('resumes a client that did not hear its answer, and ends the grant when that answer turns up', async () => {
    await outcome(1);
    await later(W + 2000);
    expect(await outcome(1)).toBe('resumed 3');
    expect(await outcome(1)).toBe('replayed 3');
    expect(await outcome(2)).toBe('reused 3');
    expect(await outcome(3)).toBe('reused 3');
  });

  it('resumes no more after the lost-response time', async () => {
    await outcome(1);
    await later(LOST + 2000);
    expect(await outcome(1)).toBe('reused 2');
  });

  it('recovers a generation that it has not heard of, and what was current before it', async () => {
    await later(W + 2000);
    expect(await outcome(5)).toBe('recovered 6');
    expect(await outcome(1)).toBe('replayed 6');
    expect(await outcome(5)).toBe('replayed 6');
    expect(await outcome(6)).toBe('rotated 7');
  });

  it('keeps a token that is bound to a key, for that key alone', async () => {
    const keyBinding = Buffer.alloc(32, 9);
    await store.put(handle, lineageFixture({ keyBinding, grantId: first.grantId }));
    handle = handleFixture();
    await store.put(handle, lineageFixture({ keyBinding }));
    expect(await outcome(1)).toBe('wrong_key 1');
    expect(await outcome(1, { keyBinding: Buffer.alloc(32, 8) })).toBe('wrong_key 1');
    expect(await outcome(1, { keyBinding })).toBe('kept 1');
    await later(IDLE - 60_000);
    expect(await outcome(1, { keyBinding })).toBe('kept 1');
    await later(IDLE - 60_000);
    expect(await outcome(1, { keyBinding })).toBe('kept 1');
    expect(await outcome(2, { keyBinding })).toBe('reused 1');
  });

  it('lets a wrong client touch nothing', async () => {
    const clientDigest = Buffer.alloc(16, 4);
    expect(await outcome(1, { clientDigest })).toBe('wrong_client 1');
    expect(await outcome(1)).toBe('rotated 2');
    await later(W + 2000);
    expect(await outcome(9, { clientDigest })).toBe('wrong_client 2');
    expect(await outcome(1, { clientDigest })).toBe('wrong_client 2');
    expect(await outcome(2)).toBe('rotated 3');
  });

  it('extends the idle expiry up to the absolute one, which never moves', async () => {
    for (let day = 0, g = 1; day < 7; day += 1, g += 1) {
      const decision = await store.present(handle, present(g));
      expect(decision?.outcome).toBe('rotated');
      const { idleExpiresMs = 0, absoluteExpiresMs = 0 } = decision?.lineage ?? {};
      expect(idleExpiresMs).toBeLessThanOrEqual(absoluteExpiresMs);
      await later(IDLE - 2000);
    }
    await later(20_000);
    // Gone with its time, or found to be too old: never decided on.
    expect([null, 'expired 8']).toContain(await outcome(8));
  });

  it('does not run on after the idle time', async () => {
    await outcome(1);
    await later(IDLE + 2000);
    expect([null, 'idle_expired 2']).toContain(await outcome(2));
  });

  it('takes a clock that went back for no time at all', async () => {
    await outcome(1);
    await later(-3_600_000);
    expect(await store.present(handle, present(1))).toMatchObject({
      outcome: 'replayed',
      ageMs: 0,
    });
    expect(await outcome(2)).toBe('rotated 3');
  });

  it('knows nothing after a loss, and goes on from the record', async () => {
    await outcome(1);
    store = await harness.lose();
    expect(await outcome(2)).toBeNull();
    expect(await store.find(handle)).toBeNull();
    const restored = await store.restore(handle, first, present(2));
    expect(restored).toMatchObject({ outcome: 'recovered', lineage: { current: 3, parent: 2 } });
    expect(await outcome(2)).toBe('replayed 3');
  });

  it('merges a restore: it never goes back', async () => {
    await outcome(1);
    await outcome(2);
    const replayed = await store.restore(handle, first, present(2));
    expect(replayed).toMatchObject({ outcome: 'replayed', lineage: { current: 3 } });
    await store.put(handle, first);
    expect(await outcome(3)).toBe('rotated 4');
  });

  it('never lets a restore revive what was revoked, seen before or not', async () => {
    await outcome(1);
    await store.revoke(handle, first.absoluteExpiresMs);
    expect(await outcome(2)).toBe('revoked 2');
    expect(await store.restore(handle, first, present(2))).toMatchObject({ outcome: 'revoked' });
    store = await harness.lose();
    await store.revoke(handle, first.absoluteExpiresMs);
    await store.revoke(handle, first.absoluteExpiresMs);
    expect(await outcome(2)).toBeNull();
    expect(await store.find(handle)).toBeNull();
    expect(await store.restore(handle, first, present(1))).toMatchObject({ outcome: 'revoked' });
    expect(await outcome(1)).toBe('revoked 1');
    await store.put(handle, first);
    expect(await outcome(1)).toBe('revoked 1');
  });

  it('says reused until it is told that the record holds it', async () => {
    await outcome(1);
    await later(W + 2000);
    await outcome(2);
    expect(await outcome(1)).toBe('reused 3');
    expect(await outcome(3)).toBe('reused 3');
    await store.revoke(handle, first.absoluteExpiresMs);
    expect(await outcome(3)).toBe('revoked 3');
  });

  it('finds a lineage without deciding on it', async () => {
    expect(await store.find(handle)).toMatchObject({ grantId: first.grantId, termsId: 7 });
    expect(await outcome(1)).toBe('rotated 2');
    expect(await store.find(handleFixture())).toBeNull();
  });
}

/** What a rotation sets by the clock. */
const FREE = {
  lastMs: expect.any(Number) as number,
  idleExpiresMs: expect.any(Number) as number,
};
