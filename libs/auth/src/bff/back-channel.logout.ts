/** Takes the issuer's word that somebody signed out elsewhere (Back-Channel Logout 1.0). */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { RefusedTokenError } from '../access-token/refusal.js';
import { answer } from './bff.answer.js';
import { keyOf } from './bff.cookies.js';
import { type BffSettings } from './bff.settings.js';
import { type LogoutTokenVerifier } from './logout-token.verifier.js';
import { readForm } from './request-body.js';

export class BackChannelLogout {
  readonly #logger = new Logger('Bff');

  constructor(
    private readonly settings: BffSettings,
    private readonly verifier: LogoutTokenVerifier,
  ) {}

  /**
   * `POST /bff/backchannel-logout`. A token counts once: played back later it must not end what began
   * since. Where sessions could not be ended its name is given back, and it may be delivered again.
   *
   * @throws KeysUnavailableError, BffStoreUnavailableError where it cannot be done now: 503
   * @see section 2.7
   */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [token, ...more] = (await readForm(request)).getAll('logout_token');
    if (token === undefined || more.length > 0) {
      return answer(response, 400, refusal('one logout_token is needed'));
    }
    try {
      const { owner, tokenId, expiresAtMs } = await this.verifier.verify(token);
      const { sessions, singleUse } = this.settings.stores;
      const lifetimeMs = Math.max(1, expiresAtMs - Date.now());
      const seen = `seen-logout:${keyOf(tokenId)}`;
      const isNew = await singleUse.put(seen, '', lifetimeMs);
      if (isNew) await this.#orForget(seen, () => sessions.closeOf(owner));
      answer(response, 200, {});
    } catch (error) {
      if (!(error instanceof RefusedTokenError)) throw error;
      this.#logger.warn(`a logout token was refused: ${error.stage}, ${error.reason}`);
      answer(response, 400, refusal('the logout token is not good'));
    }
  }

  async #orForget(seen: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.settings.stores.singleUse.claim(seen).catch(() => undefined);
      throw error;
    }
  }
}

function refusal(description: string) {
  return { error: 'invalid_request', error_description: description };
}
