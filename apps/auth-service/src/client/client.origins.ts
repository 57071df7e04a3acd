/** Which origins some client registered, as a preflight has to know: it names no client. */
import { Injectable, Logger } from '@nestjs/common';
import { ClientOriginStore } from './client-origin.store.js';

/** How long a snapshot is used: a client that is registered now can be called from after that. */
const MAX_AGE_MS = 10_000;

/** A snapshot of every client's origins, one read under way at a time. */
@Injectable()
export class ClientOrigins {
  private readonly logger = new Logger(ClientOrigins.name);
  private origins: ReadonlySet<string> = new Set();
  private readUntilMs = -Infinity;
  private reading: Promise<void> | null = null;

  constructor(private readonly store: ClientOriginStore) {}

  /** Never rejects: where the store is down, the last snapshot counts. */
  async knows(origin: string): Promise<boolean> {
    if (Date.now() >= this.readUntilMs) {
      this.reading ??= this.read().finally(() => (this.reading = null));
      await this.reading;
    }
    return this.origins.has(origin);
  }

  private async read(): Promise<void> {
    try {
      this.origins = await this.store.findAll();
    } catch (error) {
      this.logger.warn(`keeps the origins of clients, as they cannot be read: ${String(error)}`);
    }
    // After a failure too: a store that is down must not be asked by every preflight.
    this.readUntilMs = Date.now() + MAX_AGE_MS;
  }
}
