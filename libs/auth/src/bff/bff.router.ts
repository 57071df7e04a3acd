/** Finds what answers a request, and says in one place what each failure means to a page. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { KeysUnavailableError } from '../access-token/refusal.js';
import { ApiProxy } from './api.proxy.js';
import { BackChannelLogout } from './back-channel.logout.js';
import { answer } from './bff.answer.js';
import { isWithin, type BffSettings } from './bff.settings.js';
import { BffStoreUnavailableError } from './browser-session.store.js';
import { BrowserSessions } from './browser.sessions.js';
import { IssuerConnection } from './issuer.connection.js';
import { LogoutTokenVerifier } from './logout-token.verifier.js';
import { ForeignPageError } from './own-page.check.js';
import { RelyingParty } from './relying.party.js';
import { IssuerUnavailableError } from './relying-party.errors.js';
import { RequestBodyError } from './request-body.js';
import { ServiceUnreachableError } from './service.call.js';
import { SessionEndedError, SessionTokens } from './session.tokens.js';
import { SignInFlow } from './sign-in.flow.js';
import { SignOutFlow } from './sign-out.flow.js';
import { UserEndpoint } from './user.endpoint.js';

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
) => Promise<void>;

/** Takes what is the backend's, and leaves everything else to the application. */
export class BffRouter {
  readonly #logger = new Logger('Bff');
  readonly #routes: ReadonlyMap<string, Handler>;
  readonly #proxy: ApiProxy;

  constructor(private readonly settings: BffSettings) {
    const connection = new IssuerConnection(settings);
    const relyingParty = new RelyingParty(settings, connection);
    const sessions = new BrowserSessions(settings);
    this.#proxy = new ApiProxy(settings, sessions, new SessionTokens(settings, relyingParty));
    const signIn = new SignInFlow(settings, relyingParty, sessions);
    const signOut = new SignOutFlow(settings, relyingParty, sessions);
    const backChannel = new BackChannelLogout(
      settings,
      new LogoutTokenVerifier(settings, connection),
    );
    const user = new UserEndpoint(settings, sessions);
    this.#routes = new Map<string, Handler>([
      ['GET /login', (...call) => signIn.begin(...call)],
      ['GET /callback', (...call) => signIn.finish(...call)],
      ['GET /user', (...call) => user.handle(call[0], call[1])],
      ['POST /logout', (...call) => signOut.handle(call[0], call[1])],
      ['POST /backchannel-logout', (...call) => backChannel.handle(call[0], call[1])],
    ]);
  }

  /** Resolves with false where the request is not the backend's, and nothing was done with it. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { basePath, targets } = this.settings;
    // Express takes off what a router was mounted at; this is what the browser sent.
    const { originalUrl } = request as { originalUrl?: string };
    const [path = '', ...rest] = (originalUrl ?? request.url ?? '').split('?');
    const query = rest.join('?');
    const target = targets.find((each) => isWithin(path, each.path));
    if (target === undefined && !isWithin(path, basePath)) return false;
    try {
      if (target !== undefined) {
        const search = query === '' ? '' : `?${query}`;
        await this.#proxy.handle(target, path, search, request, response);
      } else {
        await this.#own(path.slice(basePath.length), new URLSearchParams(query), request, response);
      }
    } catch (error) {
      this.#fail(error, response);
    }
    return true;
  }

  async #own(
    path: string,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const handler = this.#routes.get(`${request.method} ${path}`);
    if (handler !== undefined) return handler(request, response, query);
    const methods = [...this.#routes.keys()].filter((route) => route.endsWith(` ${path}`));
    if (methods.length === 0) return answer(response, 404, { error: 'not_found' });
    const allow = methods.map((route) => route.split(' ')[0]).join(', ');
    answer(response, 405, { error: 'invalid_method' }, { Allow: allow });
  }

  #fail(error: unknown, response: ServerResponse): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const [status, body, headers] = this.#failureOf(error);
    answer(response, status, body, headers);
  }

  #failureOf(error: unknown): [number, object, Record<string, string>?] {
    if (error instanceof SessionEndedError) {
      return [401, { error: 'session_ended', reason: error.reason }];
    }
    if (error instanceof ForeignPageError) {
      this.#logger.warn(`refused: ${error.message}`);
      return [403, { error: 'foreign_page', error_description: error.message }];
    }
    if (error instanceof RequestBodyError) {
      const body = { error: 'invalid_body', error_description: error.message };
      return [error.status, body, { Connection: 'close' }];
    }
    if (error instanceof ServiceUnreachableError) {
      this.#logger.warn(error.message);
      return [502, { error: 'service_unreachable' }];
    }
    if (isOutage(error)) {
      this.#logger.warn(error.message);
      return [503, { error: 'temporarily_unavailable' }, { 'Retry-After': '2' }];
    }
    this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : 'failed');
    return [500, { error: 'server_error' }];
  }
}

function isOutage(error: unknown): error is Error {
  return (
    error instanceof IssuerUnavailableError ||
    error instanceof BffStoreUnavailableError ||
    error instanceof KeysUnavailableError
  );
}
