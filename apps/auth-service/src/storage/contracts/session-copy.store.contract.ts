/** What every SessionCopyStore must do. */
import {
  type SessionCopyLease,
  type SessionCopyStore,
  type SessionUse,
} from '../../session/session-copy.store.js';
import { cookieHash, sessionFixture } from '../../testing/session.fixture.js';

/** A store under test, as two processes see it; the same store where there is only one. */
export interface SessionCopyStoreHarness {
  readonly store: SessionCopyStore;
  readonly replica: SessionCopyStore;
}

const SESSION = sessionFixture();
const START = new Date();
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Use after so many milliseconds. */
export function useAfter(ms: number): SessionUse {
  return { now: new Date(START.getTime() + ms), idleMs: HOUR_MS, recordEveryMs: MINUTE_MS };
}

/** The lease of a lookup that found nothing. */
export async function leaseOf(store: SessionCopyStore, key: Buffer): Promise<SessionCopyLease> {
  const found = await store.find(key, useAfter(0));
  if (found.session !== null || found.lease === null) throw new Error('there is no lease');
  return found.lease;
}

/** @param open an empty store */
export function describeSessionCopyStore(open: () => Promise<SessionCopyStoreHarness>): void {
  async function openWithCopy() {
    const harness = await open();
    const key = cookieHash();
    await harness.store.put(key, await leaseOf(harness.store, key), SESSION, START);
    return { ...harness, key };
  }

  it('finds the copy that was made by the lease of a miss, at every replica', async () => {
    const { store, replica, key } = await openWithCopy();
    for (const each of [store, replica]) {
      expect(await each.find(key, useAfter(0))).toEqual({
        session: { ...SESSION, idleExpiresAt: new Date(START.getTime() + HOUR_MS) },
        recordDue: false,
      });
    }
    expect(await store.find(cookieHash(), useAfter(0))).toMatchObject({ session: null });
  });

  it('puts the idle expiry off at each use, and never past the absolute one', async () => {
    const { store, key } = await openWithCopy();
    const idleAfter = async (ms: number) => (await store.find(key, useAfter(ms))).session;
    expect(await idleAfter(MINUTE_MS)).toMatchObject({
      idleExpiresAt: new Date(START.getTime() + MINUTE_MS + HOUR_MS),
    });
    // Another replica's clock may be behind.
    expect(await idleAfter(0)).toMatchObject({
      idleExpiresAt: new Date(START.getTime() + MINUTE_MS + HOUR_MS),
    });
    expect(await idleAfter(HOUR_MS)).not.toBeNull();
    expect(await idleAfter(2 * HOUR_MS - MINUTE_MS)).toMatchObject({
      idleExpiresAt: SESSION.expiresAt,
    });
    expect(await idleAfter(2 * HOUR_MS + 1000)).toBeNull();
  });

  it('does not find a copy that idled too long', async () => {
    const { store, key } = await openWithCopy();
    expect((await store.find(key, useAfter(HOUR_MS))).session).toBeNull();
    expect((await store.find(key, useAfter(0))).session).toBeNull();
  });

  it('tells one of all who use a session within a minute to record it', async () => {
    const { store, replica, key } = await openWithCopy();
    const due = async (ms: number) => {
      const found = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? store : replica).find(key, useAfter(ms)),
        ),
      );
      return found.filter((each) => each.session !== null && each.recordDue).length;
    };
    expect(await due(MINUTE_MS - 1)).toBe(0);
    expect(await due(MINUTE_MS)).toBe(1);
    expect(await due(2 * MINUTE_MS - 1)).toBe(0);
    expect(await due(2 * MINUTE_MS)).toBe(1);
  });

  it('takes no copy from who read the record before the session ended', async () => {
    const { store, replica } = await open();
    const key = cookieHash();
    const early = await leaseOf(replica, key);
    await store.remove(key);
    await replica.put(key, early, SESSION, START);
    expect((await store.find(key, useAfter(0))).session).toBeNull();
    // Nor once somebody else has missed, and holds a lease of his own.
    await leaseOf(store, key);
    await replica.put(key, early, SESSION, START);
    expect((await store.find(key, useAfter(0))).session).toBeNull();
  });

  it('removes a copy for all, and bears repetition', async () => {
    const { store, replica, key } = await openWithCopy();
    await Promise.all([store.remove(key), replica.remove(key), store.remove(cookieHash())]);
    expect((await store.find(key, useAfter(0))).session).toBeNull();
    expect((await replica.find(key, useAfter(0))).session).toBeNull();
  });

  it('never keeps a copy when removals race with those who read before them', async () => {
    const { store, replica } = await open();
    for (let round = 0; round < 50; round += 1) {
      const key = cookieHash();
      const leases = await Promise.all([leaseOf(store, key), leaseOf(replica, key)]);
      await Promise.all([
        store.put(key, leases[0], SESSION, START),
        store.remove(key),
        replica.put(key, leases[1], SESSION, START),
      ]);
      await replica.put(key, leases[1], SESSION, START);
      const found = await store.find(key, useAfter(0));
      expect(found.session).toBeNull();
    }
  });
}
