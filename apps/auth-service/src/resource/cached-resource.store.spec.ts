import { TemporarilyUnavailableError } from '@keyward/oauth';
import { RECORD_FRESH_MS, RECORD_STALE_MS } from '../record/record.cache.js';
import { CachedResourceStore } from './cached-resource.store.js';
import { type Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';
import { resourceFixture } from '../testing/resource.fixture.js';

class ListedResourceStore extends ResourceStore {
  readonly asked: (readonly string[])[] = [];
  resources: Resource[] = [resourceFixture({ identifier: 'urn:a', name: 'A', scopes: ['a', 'b'] })];
  failure: Error | null = null;

  async findOffering(scopes: readonly string[]): Promise<readonly Resource[]> {
    this.asked.push(scopes);
    if (this.failure !== null) throw this.failure;
    return this.resources;
  }

  async findNamed(identifiers: readonly string[]): Promise<readonly Resource[]> {
    this.asked.push(identifiers);
    return this.resources.filter(({ identifier }) => identifiers.includes(identifier));
  }
}

describe('CachedResourceStore', () => {
  let record: ListedResourceStore;
  let nowMs: number;
  let store: CachedResourceStore;
  beforeEach(() => {
    record = new ListedResourceStore();
    nowMs = 0;
    store = new CachedResourceStore(record, () => nowMs);
  });

  it('asks once in a while for each set of scopes, and never for none', async () => {
    expect(await store.findOffering(['a', 'b'])).toBe(record.resources);
    await store.findOffering(['a', 'b']);
    await store.findOffering(['a']);
    expect(await store.findOffering([])).toEqual([]);
    expect(record.asked).toEqual([['a', 'b'], ['a']]);
    nowMs = RECORD_FRESH_MS;
    await store.findOffering(['a']);
    expect(record.asked).toHaveLength(3);
  });

  it('goes on with what it knows while the record is down, and not for ever', async () => {
    await store.findOffering(['a']);
    record.failure = new TemporarilyUnavailableError('down');
    nowMs = RECORD_STALE_MS - 1;
    expect(await store.findOffering(['a'])).toHaveLength(1);
    nowMs = RECORD_STALE_MS;
    await expect(store.findOffering(['a'])).rejects.toThrow(TemporarilyUnavailableError);
  });

  it('does not remember that nothing offers a scope', async () => {
    const { resources } = record;
    record.resources = [];
    expect(await store.findOffering(['a'])).toEqual([]);
    record.resources = resources;
    expect(await store.findOffering(['a'])).toEqual(resources);
  });

  it('asks once in a while for each set of identifiers, until all of them are there', async () => {
    expect(await store.findNamed([])).toEqual([]);
    expect(await store.findNamed(['urn:a'])).toEqual(record.resources);
    await store.findNamed(['urn:a']);
    expect(await store.findNamed(['urn:a', 'urn:b'])).toEqual([]);
    await store.findNamed(['urn:a', 'urn:b']);
    expect(record.asked).toEqual([['urn:a'], ['urn:a', 'urn:b'], ['urn:a', 'urn:b']]);
  });
});
