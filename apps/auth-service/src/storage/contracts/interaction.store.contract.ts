/** What every InteractionStore must do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { INTERACTION_SECONDS, type InteractionStore } from '../../interaction/interaction.store.js';
import { interactionFixture } from '../../testing/interaction.fixture.js';

/** A store under test, as two processes see it; the same store where there is only one. */
export interface InteractionStoreHarness {
  readonly store: InteractionStore;
  readonly replica: InteractionStore;
}

/** @param open an empty store */
export function describeInteractionStore(open: () => Promise<InteractionStoreHarness>): void {
  it('gives back what was saved, to every process', async () => {
    const { store, replica } = await open();
    const interaction = interactionFixture();
    await store.save(interaction);
    expect(await replica.find(interaction.interactionId)).toEqual(interaction);
    expect(await replica.find('another')).toBeNull();
  });

  it('replaces the interaction of the same id, and no other', async () => {
    const { store } = await open();
    const first = interactionFixture();
    const other = interactionFixture({ interactionId: 'other' });
    await store.save(first);
    await store.save(other);
    const second = { ...first, consent: { accountId: 'alice', allowed: true } };
    await store.save(second);
    expect(await store.find(first.interactionId)).toEqual(second);
    expect(await store.find('other')).toEqual(other);
  });

  it('is claimed by exactly one of many at the same time, and gone then', async () => {
    const { store, replica } = await open();
    await store.save(interactionFixture());
    const id = interactionFixture().interactionId;
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : replica).claim(id)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await replica.find(id)).toBeNull();
    expect(await replica.claim(id)).toBe(false);
  });

  it('stays claimed where a page saves what it had read before', async () => {
    const { store, replica } = await open();
    const interaction = interactionFixture();
    await store.save(interaction);
    await store.claim(interaction.interactionId);
    await replica.save(interaction);
    expect(await store.find(interaction.interactionId)).toBeNull();
    expect(await store.claim(interaction.interactionId)).toBe(false);
  });

  it('cannot be claimed where there is none', async () => {
    const { store } = await open();
    expect(await store.claim('nothing')).toBe(false);
  });

  it('is forgotten a fixed time after its beginning, however often it is saved', async () => {
    const { store } = await open();
    const nearlyOver = Date.now() - INTERACTION_SECONDS * 1000 + 200;
    const interaction = interactionFixture({ createdAtMs: nearlyOver });
    await store.save(interaction);
    await store.save(interaction);
    expect(await store.find(interaction.interactionId)).toEqual(interaction);
    await sleep(300);
    expect(await store.find(interaction.interactionId)).toBeNull();
    expect(await store.claim(interaction.interactionId)).toBe(false);
    await store.save(interaction);
    expect(await store.find(interaction.interactionId)).toBeNull();
  });
}
