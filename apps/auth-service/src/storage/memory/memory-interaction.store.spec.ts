import { INTERACTION_SECONDS } from '../../interaction/interaction.store.js';
import { interactionFixture } from '../../testing/interaction.fixture.js';
import { describeInteractionStore } from '../contracts/interaction.store.contract.js';
import { MemoryInteractionStore } from './memory-interaction.store.js';

describe('MemoryInteractionStore', () => {
  describeInteractionStore(async () => {
    const store = new MemoryInteractionStore();
    return { store, replica: store };
  });

  it('drops what expired, and beyond its bound what began first', async () => {
    const store = new MemoryInteractionStore(2);
    const createdAtMs = Date.now() - INTERACTION_SECONDS * 1000;
    await store.save(interactionFixture({ interactionId: 'expired', createdAtMs }));
    expect(store.size).toBe(0);
    for (const interactionId of ['a', 'b', 'c']) {
      await store.save(interactionFixture({ interactionId }));
    }
    expect(store.size).toBe(2);
    expect(await store.find('a')).toBeNull();
    expect(await store.find('c')).not.toBeNull();
  });

  it('hands out copies', async () => {
    const store = new MemoryInteractionStore();
    const interaction = interactionFixture();
    await store.save(interaction);
    const found = await store.find(interaction.interactionId);
    (found?.request.resources as string[]).push('urn:c');
    expect(await store.find(interaction.interactionId)).toEqual(interaction);
  });
});
