/** What every DeviceAuthorizationStore must do. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DeviceAuthorizationEntry,
  type DeviceAuthorizationStore,
} from '../../device-authorization/device-authorization.store.js';

/** A store under test, as two processes see it; the same store where there is only one. */
export interface DeviceAuthorizationStoreHarness {
  readonly store: DeviceAuthorizationStore;
  readonly replica: DeviceAuthorizationStore;
}

const ENTRY: DeviceAuthorizationEntry = {
  id: 'device',
  userCodeKey: 'user-code',
  value: '{"scope":"ü"}',
  clientId: 'tv',
  dpopJkt: null,
};
const TIMES = { lifetimeSeconds: 60, memorySeconds: 60, intervalSeconds: 5, leaseSeconds: 10 };
const SHORT = { ...TIMES, lifetimeSeconds: 0.2 };
const TV = { clientId: 'tv', dpopJkt: null };
const GRANT = '{"grantId":"ü"}';

/** @param open an empty store */
export function describeDeviceAuthorizationStore(
  open: () => Promise<DeviceAuthorizationStoreHarness>,
): void {
  const opened = async (change: Partial<DeviceAuthorizationEntry> = {}, times = TIMES) => {
    const harness = await open();
    expect(await harness.store.begin({ ...ENTRY, ...change }, times)).toBe(true);
    return harness;
  };

  it('belongs to the first person who enters the code, and to nobody else', async () => {
    const { store, replica } = await opened();
    expect(await store.find('device', 'alice')).toBeNull();
    expect(await replica.enter('user-code', 'alice')).toBe('device');
    expect(await store.enter('user-code', 'bob')).toBeNull();
    expect(await store.enter('user-code', 'alice')).toBe('device');
    expect(await store.find('device', 'alice')).toEqual({ state: 'pending', value: ENTRY.value });
    expect(await store.find('device', 'bob')).toBeNull();
    expect(await store.decide('device', 'bob', GRANT)).toBe(false);
    expect(await store.poll('device', TV)).toEqual({ outcome: 'pending' });
  });

  it('belongs to one of many who enter the code at the same time', async () => {
    const { store, replica } = await opened();
    const entered = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : replica).enter('user-code', `account ${index}`),
      ),
    );
    expect(entered.filter((id) => id !== null)).toEqual(['device']);
  });

  it('is decided about once, by whom it belongs to', async () => {
    const { store, replica } = await opened();
    expect(await store.decide('device', 'alice', GRANT)).toBe(false);
    await store.enter('user-code', 'alice');
    const decisions = await Promise.all([
      store.decide('device', 'alice', GRANT),
      replica.decide('device', 'alice', null),
      store.decide('device', 'alice', GRANT),
    ]);
    expect(decisions.filter(Boolean)).toHaveLength(1);
    const state = decisions[1] ? 'denied' : 'approved';
    expect(await replica.find('device', 'alice')).toMatchObject({ state });
    expect(await store.enter('user-code', 'alice')).toBeNull();
  });

  it('gives what was allowed to exactly one of many polls at the same time', async () => {
    const { store, replica } = await opened();
    await store.enter('user-code', 'alice');
    await store.decide('device', 'alice', GRANT);
    const polls = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : replica).poll('device', TV),
      ),
    );
    const claimed = polls.filter(({ outcome }) => outcome === 'claimed');
    expect(claimed).toEqual([{ outcome: 'claimed', grant: GRANT, isRecorded: false }]);
    const others = polls.filter(({ outcome }) => outcome !== 'claimed');
    expect(others).toEqual(Array(19).fill({ outcome: 'pending' }));
    await replica.complete('device');
    expect(await store.poll('device', TV)).toEqual({ outcome: 'replayed', grant: GRANT });
  });

  it('lets a claim that was given back be made again, and remembers what was recorded', async () => {
    const { store, replica } = await opened();
    await store.enter('user-code', 'alice');
    await store.decide('device', 'alice', GRANT);
    await store.poll('device', TV);
    await store.release('device', true);
    await store.release('device', false);
    const again = { outcome: 'claimed', grant: GRANT, isRecorded: true };
    expect(await replica.poll('device', TV)).toEqual(again);
    await replica.release('device', false);
    expect(await store.poll('device', TV)).toEqual(again);
    await store.release('unknown', true);
    await store.complete('unknown');
    expect(await store.poll('unknown', TV)).toEqual({ outcome: 'absent' });
  });

  it('lets another poll claim what nobody brought to an end in time', async () => {
    const { store, replica } = await opened({}, { ...TIMES, leaseSeconds: 0.2 });
    await store.enter('user-code', 'alice');
    await store.decide('device', 'alice', GRANT);
    const outcomeOf = async (of: DeviceAuthorizationStore) => (await of.poll('device', TV)).outcome;
    expect([await outcomeOf(store), await outcomeOf(replica)]).toEqual(['claimed', 'pending']);
    await sleep(300);
    expect([await outcomeOf(replica), await outcomeOf(store)]).toEqual(['claimed', 'pending']);
    await replica.complete('device');
    await sleep(300);
    expect(await outcomeOf(store)).toBe('replayed');
  });

  it('tells of a denial as often as it is asked', async () => {
    const { store } = await opened();
    await store.enter('user-code', 'alice');
    await store.decide('device', 'alice', null);
    expect(await store.poll('device', TV)).toEqual({ outcome: 'denied' });
    expect(await store.poll('device', TV)).toEqual({ outcome: 'denied' });
  });

  it('slows down whoever polls too soon, longer each time', async () => {
    const { store, replica } = await opened({}, { ...TIMES, intervalSeconds: 1.3 });
    const outcomeOf = async (of: DeviceAuthorizationStore) => (await of.poll('device', TV)).outcome;
    expect(await outcomeOf(store)).toBe('pending');
    await sleep(350);
    // The tolerance of a second makes 0.3 of 1.3.
    expect(await outcomeOf(replica)).toBe('pending');
    expect(await outcomeOf(store)).toBe('too_soon');
    await sleep(350);
    expect(await outcomeOf(replica)).toBe('too_soon');
    expect(await outcomeOf(store)).toBe('too_soon');
  });

  it.each([
    ['another client', {}, { clientId: 'thief', dpopJkt: null }],
    ['a poll without the key', { dpopJkt: 'k1' }, TV],
    ['a poll by another key', { dpopJkt: 'k1' }, { ...TV, dpopJkt: 'k2' }],
  ])('touches nothing for %s', async (_, change, poller) => {
    const { store } = await opened(change);
    await store.enter('user-code', 'alice');
    await store.decide('device', 'alice', GRANT);
    expect(await store.poll('device', poller)).toEqual({ outcome: 'mismatched' });
    const right = { clientId: 'tv', dpopJkt: 'k1' };
    expect(await store.poll('device', right)).toMatchObject({ outcome: 'claimed' });
  });

  it('does not give one user code to two devices that wait', async () => {
    const { store, replica } = await opened({}, SHORT);
    const other = { ...ENTRY, id: 'other' };
    expect(await replica.begin(other, TIMES)).toBe(false);
    expect(await store.poll('other', TV)).toEqual({ outcome: 'absent' });
    await sleep(300);
    expect(await replica.begin(other, TIMES)).toBe(true);
    expect(await store.enter('user-code', 'alice')).toBe('other');
  });

  it('expires undecided, and can be neither entered nor decided about then', async () => {
    const { store } = await opened({}, SHORT);
    await store.enter('user-code', 'alice');
    await sleep(300);
    expect(await store.poll('device', TV)).toEqual({ outcome: 'expired' });
    expect(await store.enter('user-code', 'alice')).toBeNull();
    expect(await store.find('device', 'alice')).toBeNull();
    expect(await store.decide('device', 'alice', GRANT)).toBe(false);
  });

  it('gives what was allowed in the last moment to a device that asks after it', async () => {
    const { store } = await opened({}, SHORT);
    await store.enter('user-code', 'alice');
    await store.decide('device', 'alice', GRANT);
    await sleep(300);
    expect(await store.poll('device', TV)).toMatchObject({ outcome: 'claimed' });
  });

  it('is forgotten after its memory', async () => {
    const { store } = await opened({}, { ...SHORT, memorySeconds: 0.1 });
    await sleep(400);
    expect(await store.poll('device', TV)).toEqual({ outcome: 'absent' });
  });
}
