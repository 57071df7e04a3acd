/** Remembers resources for a moment, so that tokens are granted without asking PostgreSQL each time. */
import { RecordCache } from '../record/record.cache.js';
import { type Resource } from './resource.js';
import { ResourceStore } from './resource.store.js';

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
    this.offering = new RecordCache(async (scope) => {
      const resources = await record.findOffering(scope.split(' '));
      return resources.length === 0 ? null : resources;
    }, clock);
    this.named = new RecordCache(async (text) => {
      const identifiers = JSON.parse(text) as string[];
      const resources = await record.findNamed(identifiers);
      return resources.length < identifiers.length ? null : resources;
    }, clock);
  }

  async findOffering(scopes: readonly string[]): Promise<readonly Resource[]> {
    if (scopes.length === 0) return [];
    // A scope token holds no space (RFC 6749 section 3.3).
    return (await this.offering.find(scopes.join(' '))) ?? [];
  }

  /** @returns all of them or none: of a resource that was taken away nothing is to be guessed */
  async findNamed(identifiers: readonly string[]): Promise<readonly Resource[]> {
    if (identifiers.length === 0) return [];
    return (await this.named.find(JSON.stringify(identifiers))) ?? [];
  }
}
