/** Remembers clients for a moment, so that what Redis can decide goes on while PostgreSQL is down. */
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { type Client } from './client.js';
import { ClientStore } from './client.store.js';

/** Clients that are remembered; the one that was read longest ago makes room. */
const MAX_CLIENTS = 10_000;

/** How long a client is taken for what it was: a change is in force everywhere after this time. */
export const CLIENT_FRESH_MS = 2000;

/** How long one is remembered while the record cannot be read; a disabled client may go on so long. */
export const CLIENT_STALE_MS = 300_000;

/** After a failure those that are remembered do not wait for the record again for so long. */
const RETRY_MS = 1000;

interface Remembered {
  readonly client: Client;
  readonly readAtMs: number;
}

/**
 * Stands in front of the record where a client authenticates; whatever asks a person, and whatever is
 * asked of the record anyway, reads the record itself. That there is no such client is never remembered: one that was just
 * registered works at once, and a flood of invented ids fills nothing.
 */
export class CachedClientStore extends ClientStore {
  private readonly remembered = new Map<string, Remembered>();
  private retryAtMs = -Infinity;

  /** @param clock milliseconds, of a clock that never goes back */
  constructor(
    private readonly record: ClientStore,
    private readonly clock: () => number = () => performance.now(),
  ) {
    super();
  }

  async find(clientId: string): Promise<Client | null> {
    const known = this.remembered.get(clientId);
    const now = this.clock();
    if (known !== undefined && now - known.readAtMs < CLIENT_FRESH_MS) return known.client;
    const isUsable = known !== undefined && now - known.readAtMs < CLIENT_STALE_MS;
    if (isUsable && now < this.retryAtMs) return known.client;
    try {
      const client = await this.record.find(clientId);
      this.remember(clientId, client, now);
      return client;
    } catch (error) {
      if (!(error instanceof TemporarilyUnavailableError)) throw error;
      this.retryAtMs = this.clock() + RETRY_MS;
      if (isUsable) return known.client;
      throw error;
    }
  }

  private remember(clientId: string, client: Client | null, readAtMs: number): void {
    // Deleted first, so that the Map stays in the order of reading.
    this.remembered.delete(clientId);
    if (client === null) return;
    const [oldest] = this.remembered.keys();
    if (this.remembered.size >= MAX_CLIENTS && oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.set(clientId, { client, readAtMs });
  }
}
