/** What every SingleUseStore must do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SingleUseStore } from '../../single-use/single-use.store.js';

/** A store under test, as two processes see it; the same store where there is only one. */
export interface SingleUseStoreHarness {
  readonly store: SingleUseStore;
  readonly replica: SingleUseStore;
}

const ENTRY = { value: '{"grant":"ü"}', binding: '["shop","https://shop.example.com/cb"]' };

/** @param open an empty store */
export function describeSingleUseStore(open: () => Promise<SingleUseStoreHarness>): void {
  it('gives an entry to the first who claims it, and tells every other of the replay', async () => {
    const { store, replica } = await open();
    expect(await store.put('a', ENTRY, 60)).toBe(true);
    expect(await replica.claim('a', ENTRY.binding)).toEqual({
      outcome: 'claimed',
      value: ENTRY.value,
    });
    expect(await store.claim('a', ENTRY.binding)).toEqual({
      outcome: 'replayed',
      value: ENTRY.value,
    });
    expect(await replica.claim('a', ENTRY.binding)).toMatchObject({ outcome: 'replayed' });
  });

  it('gives an entry to exactly one of many who claim it at the same time', async () => {
    const { store, replica } = await open();
    for (let round = 0; round < 20; round += 1) {
      await store.put(`race ${round}`, ENTRY, 60);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? store : replica).claim(`race ${round}`, ENTRY.binding),
        ),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'replayed')).toHaveLength(19);
    }
  });

  it('keeps the entry of exactly one of many who put it at the same time', async () => {
    const { store, replica } = await open();
    const kept = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : replica).put('a', { ...ENTRY, value: String(index) }, 60),
      ),
    );
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(await store.peek('a')).toBe(String(kept.indexOf(true)));
  });

  it.each([
    ['another binding', '["thief","https://shop.example.com/cb"]'],
    ['a part of the binding', ENTRY.binding.slice(0, -1)],
    ['no binding', ''],
  ])('touches nothing for a claim with %s', async (_, binding) => {
    const { store } = await open();
    await store.put('a', ENTRY, 60);
    expect(await store.claim('a', binding)).toEqual({ outcome: 'mismatched' });
    expect(await store.claim('a', ENTRY.binding)).toMatchObject({ outcome: 'claimed' });
    expect(await store.claim('a', binding)).toEqual({ outcome: 'mismatched' });
  });

  it('shows an entry that waits, and no other', async () => {
    const { store, replica } = await open();
    await store.put('a', ENTRY, 60);
    expect(await replica.peek('a')).toBe(ENTRY.value);
    expect(await replica.peek('b')).toBeNull();
    await store.claim('a', ENTRY.binding);
    expect(await replica.peek('a')).toBeNull();
  });

  it('knows nothing of a key that was never put', async () => {
    const { store } = await open();
    expect(await store.claim('a', ENTRY.binding)).toEqual({ outcome: 'absent' });
  });

  it('takes an empty value and an empty binding', async () => {
    const { store } = await open();
    await store.put('a', { value: '', binding: '' }, 60);
    expect(await store.peek('a')).toBe('');
    expect(await store.claim('a', '')).toEqual({ outcome: 'claimed', value: '' });
    expect(await store.claim('a', '')).toEqual({ outcome: 'replayed', value: '' });
  });

  it('forgets an entry with its lifetime, claimed or not, and takes the key again', async () => {
    const { store } = await open();
    await store.put('a', ENTRY, 0.2);
    await store.put('b', ENTRY, 0.2);
    await store.claim('b', ENTRY.binding);
    expect(await store.put('a', ENTRY, 60)).toBe(false);
    expect(await store.put('b', ENTRY, 60)).toBe(false);
    await sleep(300);
    expect(await store.peek('a')).toBeNull();
    expect(await store.claim('a', ENTRY.binding)).toEqual({ outcome: 'absent' });
    expect(await store.claim('b', ENTRY.binding)).toEqual({ outcome: 'absent' });
    expect(await store.put('a', ENTRY, 60)).toBe(true);
    expect(await store.put('b', ENTRY, 60)).toBe(true);
  });

  it('remembers a claim beyond the lifetime where it is told to, but no entry that nobody claimed', async () => {
    const { store } = await open();
    await store.put('claimed', ENTRY, 0.2, 60);
    await store.put('left', ENTRY, 0.2, 60);
    await store.claim('claimed', ENTRY.binding);
    await sleep(300);
    expect(await store.claim('claimed', ENTRY.binding)).toMatchObject({ outcome: 'replayed' });
    expect(await store.put('claimed', ENTRY, 60)).toBe(false);
    expect(await store.claim('left', ENTRY.binding)).toEqual({ outcome: 'absent' });
  });

  it('lets a claim that was given back be made again, by one', async () => {
    const { store, replica } = await open();
    await store.put('a', ENTRY, 60, 60);
    await store.claim('a', ENTRY.binding);
    await store.release('a');
    expect(await store.peek('a')).toBe(ENTRY.value);
    const outcomes = await Promise.all([
      store.claim('a', ENTRY.binding),
      replica.claim('a', ENTRY.binding),
    ]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['claimed', 'replayed']);
  });

  it('gives nothing back beyond its lifetime, and nothing that was not claimed', async () => {
    const { store } = await open();
    await store.put('late', ENTRY, 0.2, 60);
    await store.put('waiting', ENTRY, 60, 60);
    await store.claim('late', ENTRY.binding);
    await sleep(300);
    await store.release('late');
    await store.release('waiting');
    await store.release('unknown');
    expect(await store.claim('late', ENTRY.binding)).toEqual({ outcome: 'absent' });
    expect(await store.claim('waiting', ENTRY.binding)).toMatchObject({ outcome: 'claimed' });
    expect(await store.peek('unknown')).toBeNull();
  });
}
