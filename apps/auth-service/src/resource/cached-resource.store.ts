/** Remembers resources for a moment, so that tokens are granted without asking PostgreSQL each time. */
import { RecordCache } from '../record/record.cache.js';
import { type Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';

/**
 * Stands in front of the record at the token endpoint. What was just registered works at once: that no
 * resource offers any of these scopes is never remembered.
 */
export class CachedResourceStore extends ResourceStore {
  private readonly cache: RecordCache<readonly Resource[]>;

  /** @param clock milliseconds, of a clock that never goes back */
  constructor(record: ResourceStore, clock?: () => number) {
    super();
    this.cache = new RecordCache(async (scope) => {
      const resources = await record.findOffering(scope.split(' '));
      return resources.length === 0 ? null : resources;
    }, clock);
  }

  async findOffering(scopes: readonly string[]): Promise<readonly Resource[]> {
    if (scopes.length === 0) return [];
    // A scope token holds no space (RFC 6749 section 3.3).
    return (await this.cache.find(scopes.join(' '))) ?? [];
  }
}
