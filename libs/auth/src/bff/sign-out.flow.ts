/** Signs a browser out here and at the issuer (RP-Initiated Logout 1.0). */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { redirect } from './bff.answer.js';
import { type BffSettings } from './bff.settings.js';
import { type BrowserSessions } from './browser.sessions.js';
import { checkForm } from './own-page.check.js';
import { type RelyingParty } from './relying.party.js';
import { IssuerUnavailableError } from './relying-party.errors.js';

export class SignOutFlow {
  readonly #logger = new Logger('Bff');

  constructor(
    private readonly settings: BffSettings,
    private readonly relyingParty: RelyingParty,
    private readonly sessions: BrowserSessions,
  ) {}

  /**
   * `POST /bff/logout`, a form: the redirect that follows carries the ID token to the issuer that made
   * it, where no script of a page can see it.
   *
   * @throws ForeignPageError for a form of another site
   * @throws BffStoreUnavailableError where the session cannot be ended
   */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, stores, signedOutPath } = this.settings;
    checkForm(request, origin);
    const found = await this.sessions.find(request);
    const cookies = [this.sessions.cleared];
    if (found === null) return redirect(response, signedOutPath, cookies);
    await stores.sessions.close(found.key);
    // The session is over whatever the issuer says; it is told, and not waited for long.
    const [url] = await Promise.all([
      this.#endSessionUrl(found.session),
      this.relyingParty.revoke(found.session),
    ]);
    redirect(response, url ?? signedOutPath, cookies);
  }

  async #endSessionUrl(session: Parameters<RelyingParty['endSessionUrl']>[0]) {
    try {
      return await this.relyingParty.endSessionUrl(session);
    } catch (error) {
      if (!(error instanceof IssuerUnavailableError)) throw error;
      this.#logger.warn('signed out here alone: the issuer cannot be reached');
      return null;
    }
  }
}
