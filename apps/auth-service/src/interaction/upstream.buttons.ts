/** The buttons of the sign-in page that lead to upstream providers. */
import { Injectable } from '@nestjs/common';
import { type Client } from '../client/client.js';
import { upstreamFormContext, beginPath } from '../upstream/upstream.paths.js';
import { UpstreamOffers } from '../upstream/upstream.offers.js';
import { type UpstreamForm } from '../views/interaction.pages.js';
import { BrowserCookie } from './browser.cookie.js';
import { type PageInBrowser } from './passkey.pages.js';

@Injectable()
export class UpstreamButtons {
  constructor(
    private readonly offers: UpstreamOffers,
    private readonly browsers: BrowserCookie,
  ) {}

  /**
   * Those that a client offers, in its order.
   * @throws TemporarilyUnavailableError where they cannot be known
   */
  async forms(
    { interaction: { interactionId }, request, reply }: PageInBrowser,
    client: Client,
  ): Promise<readonly UpstreamForm[]> {
    return (await this.offers.of(client)).map(({ upstreamId, name, issuer }) => ({
      name,
      issuer,
      action: beginPath(interactionId, upstreamId),
      formToken: this.browsers.formToken(request, reply, upstreamFormContext(interactionId)),
    }));
  }
}
