/** Remembers clients for a moment, so that what Redis can decide goes on while PostgreSQL is down. */
import { RECORD_FRESH_MS, RECORD_STALE_MS, RecordCache } from '../record/record.cache.js';
import { type Client } from './client.js';
import { ClientStore } from './client.store.js';

/** How long a client is taken for what it was: a change is in force everywhere after this time. */
export const CLIENT_FRESH_MS = RECORD_FRESH_MS;

/** How long one is remembered while the record cannot be read; a disabled client may go on so long. */
export const CLIENT_STALE_MS = RECORD_STALE_MS;

/**
 * Stands in front of the record where a client authenticates; whatever asks a person, and whatever is
 * asked of the record anyway, reads the record itself. That there is no such client is never remembered:
 * one that was just registered works at once, and a flood of invented ids fills nothing.
 */
export class CachedClientStore extends ClientStore {
  private readonly cache: RecordCache<Client | null>;

  /** @param clock milliseconds, of a clock that never goes back */
  constructor(record: ClientStore, clock?: () => number) {
    super();
    this.cache = new RecordCache(
      (clientId) => record.find(clientId),
      (client) => client === null,
      clock,
    );
  }

  find(clientId: string): Promise<Client | null> {
    return this.cache.find(clientId);
  }

  /** Whether there was such a client a moment ago; asks nobody. */
  remembers(clientId: string): boolean {
    return this.cache.has(clientId);
  }
}
