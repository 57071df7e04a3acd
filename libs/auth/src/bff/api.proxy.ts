/** Passes calls of pages on to the services that are configured, with an access token that only it has. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type BffSettings, type CheckedTarget } from './bff.settings.js';
import { answer } from './bff.answer.js';
import { type BrowserSessions, type FoundSession } from './browser.sessions.js';
import { checkCall } from './own-page.check.js';
import { headersToPage } from './proxied-headers.js';
import { pageLocation, proxiedUrl } from './proxied-url.js';
import { assertUnread } from './request-body.js';
import { callService, passOn, type ServiceAnswer } from './service.call.js';
import { SessionEndedError, type SessionTokens } from './session.tokens.js';
import { stepUpIn, stepUpPath } from './step-up.challenge.js';

const METHODS: ReadonlySet<string | undefined> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
]);

export class ApiProxy {
  constructor(
    private readonly settings: BffSettings,
    private readonly sessions: BrowserSessions,
    private readonly tokens: SessionTokens,
  ) {}

  /**
   * One call. Every method wants the CSRF header: a GET may tell a foreign page something as well.
   * @throws ForeignPageError, SessionEndedError, ServiceUnreachableError and what makes a 503
   */
  async handle(
    target: CheckedTarget,
    path: string,
    query: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    checkCall(request, this.settings.origin);
    assertUnread(request);
    const url = proxiedUrl(target, path, query);
    if (url === null) return answer(response, 400, { error: 'invalid_path' });
    if (!METHODS.has(request.method)) return answer(response, 405, { error: 'invalid_method' });
    if (Number(request.headers['content-length'] ?? 0) > target.maxRequestBytes) {
      return answer(response, 413, { error: 'too_long' }, { Connection: 'close' });
    }
    const found = await this.sessions.find(request);
    if (found === null) throw new SessionEndedError('signed_out');
    const token = await this.tokens.accessToken(found.key, found.session, target.resource);
    const first = await callService(target, url, request, token);
    if (first.status !== 401) return this.#answer(first, target, url, request, response);
    await this.#onRefusedToken(first, found, token, target, url, request, response);
  }

  /**
   * A wish for a surer sign-in is the page's business. Any other 401 means the token: it may have been
   * revoked, or the issuer may have changed its keys, so a new one is asked for once.
   */
  async #onRefusedToken(
    first: ServiceAnswer,
    { key, session }: FoundSession,
    refused: string,
    target: CheckedTarget,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const challenge = stepUpIn(String(first.headers['www-authenticate'] ?? ''));
    first.discard();
    if (challenge !== null) {
      // What the service made before it asked, an order that is to be paid, say.
      const location = pageLocation(target, url, first.headers.location);
      const body = {
        error: 'insufficient_user_authentication',
        acr_values: challenge.acrValues,
        max_age: challenge.maxAge,
        login: stepUpPath(this.settings.basePath, challenge),
      };
      return answer(response, 401, body, location === undefined ? {} : { Location: location });
    }
    const token = await this.tokens.accessToken(key, session, target.resource, refused);
    // A body that was sent is gone: the page may send it again, for nothing was done with it.
    if (hasBody(request)) {
      const headers = { 'Retry-After': '1' };
      return answer(response, 503, { error: 'temporarily_unavailable' }, headers);
    }
    const second = await callService(target, url, request, token);
    if (second.status !== 401) return this.#answer(second, target, url, request, response);
    second.discard();
    answer(response, 502, { error: 'token_not_accepted' });
  }

  #answer(
    from: ServiceAnswer,
    target: CheckedTarget,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    // Followed, a redirect would carry the token to where a service points.
    if (from.status >= 300 && from.status < 400 && from.status !== 304) {
      from.discard();
      answer(response, 502, { error: 'redirect_refused' });
      return Promise.resolve();
    }
    const location = pageLocation(target, url, from.headers.location);
    const headers = { ...headersToPage(from.headers), ...(location && { location }) };
    response.writeHead(from.status, headers);
    return passOn(from, response, request.method === 'HEAD', target.maxResponseBytes);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
