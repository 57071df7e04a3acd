/** Remembers resources for a moment, so that tokens are granted without asking PostgreSQL each time. */
import { RecordCache } from '../record/record.cache.js';
import { type Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';

const NONE: Promise<readonly Resource[]> = Promise.resolve([]);

/**
 * Stands in front of the record at the token endpoint. What was just registered works at once: that no
 * resource offers any of these scopes, or has one of these identifiers, is never remembered.
 */
export class CachedResourceStore extends ResourceStore {
  private readonly offering: RecordCache<readonly Resource[]>;
  private readonly named: RecordCache<readonly Resource[]>;

  /** @param clock milliseconds, of a clock that never goes back */
  constructor(record: ResourceStore, clock?: () => number) {
    super();
    const isNone = (resources: readonly Resource[]) => resources.length === 0;
    // A scope token holds no space (RFC 6749 section 3.3).
    this.offering = new RecordCache((text) => record.findOffering(text.split(' ')), isNone, clock);
    this.named = new RecordCache(
      async (text) => {
        const identifiers = JSON.parse(text) as string[];
        const resources = await record.findNamed(identifiers);
        return resources.length < identifiers.length ? [] : resources;
      },
      isNone,
      clock,
    );
  }

  findOffering(scopes: readonly string[]): Promise<readonly Resource[]> {
    return scopes.length === 0 ? NONE : this.offering.find(scopes.join(' '));
  }

  /** @returns all of them or none: of a resource that was taken away nothing is to be guessed */
  findNamed(identifiers: readonly string[]): Promise<readonly Resource[]> {
    return identifiers.length === 0 ? NONE : this.named.find(JSON.stringify(identifiers));
  }
}
