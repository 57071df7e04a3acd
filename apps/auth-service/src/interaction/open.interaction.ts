/** Finds the interaction that a page belongs to, for the browser that began it and for no other. */
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Client } from '../client/client.js';
import { ClientStore } from '../client/client.store.js';
import { PageError } from '../http/page.error.js';
import { BrowserCookie } from './browser.cookie.js';
import { type Interaction } from './interaction.js';
import { InteractionStore } from './interaction.store.js';
import { OWN_PAGES } from './own-pages.client.js';

const INTERACTION_ID = /^[\w-]{22}$/;

/** An interaction under way, and the client that it is about. */
export interface OpenInteraction {
  readonly interaction: Interaction;
  readonly client: Client;
}

/** Opens interactions. */
@Injectable()
export class OpenInteractions {
  constructor(
    private readonly interactions: InteractionStore,
    private readonly clients: ClientStore,
    private readonly browsers: BrowserCookie,
  ) {}

  /**
   * Another browser's interaction is told from none by nobody: neither by the status nor by a word.
   *
   * @throws PageError where there is none for this browser, or its client was disabled meanwhile
   * @throws TemporarilyUnavailableError where it cannot be known
   */
  async find(request: FastifyRequest, interactionId: string): Promise<OpenInteraction> {
    const interaction = INTERACTION_ID.test(interactionId)
      ? await this.interactions.find(interactionId)
      : null;
    if (interaction === null) throw startAgain('unknown or expired');
    if (this.browsers.find(request) !== interaction.browserSha256) {
      throw startAgain('begun by another browser, or its cookie is gone');
    }
    if (interaction.ownPage !== undefined) return { interaction, client: OWN_PAGES };
    const client = await this.clients.find(interaction.request.clientId);
    if (client === null || client.disabledAt !== null) {
      throw startAgain(`client ${interaction.request.clientId} is disabled or gone`);
    }
    return { interaction, client };
  }
}

function startAgain(reason: string): PageError {
  return new PageError(
    404,
    'invalid_request',
    'This page is no longer valid. Start again at the application that you came from, and let this ' +
      'site keep cookies.',
    `interaction: ${reason}`,
  );
}
