/** Which providers a sign-in page offers. */
import { Injectable } from '@nestjs/common';
import { type Client } from '../client/client.js';
import { OWN_PAGES } from '../interaction/own-pages.client.js';
import { type Upstream } from './upstream.js';
import { UpstreamStore } from './upstream.store.js';

/** Both methods throw TemporarilyUnavailableError where it cannot be known. */
@Injectable()
export class UpstreamOffers {
  constructor(private readonly upstreams: UpstreamStore) {}

  /** Those of a client, in its order; all of them for pages about one's own account. */
  of(client: Client): Promise<readonly Upstream[]> {
    return client.clientId === OWN_PAGES.clientId
      ? this.upstreams.findEnabled(null)
      : this.upstreams.findEnabled(client.upstreams);
  }

  /** @returns null where it is not offered */
  async find(client: Client, upstreamId: string): Promise<Upstream | null> {
    const isOwn = client.clientId === OWN_PAGES.clientId;
    if (!isOwn && !client.upstreams.includes(upstreamId)) return null;
    const [upstream] = await this.upstreams.findEnabled([upstreamId]);
    return upstream ?? null;
  }
}
