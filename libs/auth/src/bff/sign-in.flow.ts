/** Signs a browser in: sends it to the issuer, and takes it back once, in the same browser. */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { redirect } from './bff.answer.js';
import { keyOf, NameCookie, newName } from './bff.cookies.js';
import { isWithin, type BffSettings } from './bff.settings.js';
import { type BrowserSession } from './browser-session.js';
import { BffStoreUnavailableError } from './browser-session.store.js';
import { type BrowserSessions } from './browser.sessions.js';
import { isForeignVisit } from './own-page.check.js';
import { type CompletedSignIn, type PendingSignIn, type RelyingParty } from './relying.party.js';
import { IssuerUnavailableError, SignInRefusedError } from './relying-party.errors.js';
import { returnPath } from './return-path.js';
import { withTokens } from './session.tokens.js';

/** A sign-in under way, as it is kept under the hash of its `state`. */
interface SignInUnderWay {
  readonly pending: PendingSignIn;
  readonly returnTo: string;
  /** SHA-256 of the cookie of the browser that began. */
  readonly browser: string;
  /** The session that the new one takes the place of. */
  readonly replaces: string | undefined;
}

const LIFETIME_SECONDS = 600;

const ACR_VALUES = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

export class SignInFlow {
  readonly #logger = new Logger('Bff');
  readonly #browser: NameCookie;

  constructor(
    private readonly settings: BffSettings,
    private readonly relyingParty: RelyingParty,
    private readonly sessions: BrowserSessions,
  ) {
    // Lax: the issuer's redirect comes from another site.
    this.#browser = new NameCookie('bff-sign-in', settings, 'Lax', LIFETIME_SECONDS);
  }

  /** `GET /bff/login`, with `return_to`, and what a service wants of the sign-in (RFC 9470). */
  async begin(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    // Nobody is made to sign in by another site's page: there they are led to the front door.
    if (isForeignVisit(request)) return redirect(response, '/');
    const { origin, basePath } = this.settings;
    const asked = returnPath(query.get('return_to'), origin);
    const returnTo = isWithin(new URL(asked, origin).pathname, basePath) ? '/' : asked;
    await this.#orFail(response, async () => {
      const { location, pending } = await this.relyingParty.begin(stepUpIn(query));
      // Tabs share it, so that each can bring its sign-in to an end.
      const browser = this.#browser.read(request) ?? newName();
      const underWay: SignInUnderWay = {
        pending,
        returnTo,
        browser: keyOf(browser),
        replaces: this.sessions.keyIn(request),
      };
      const key = `sign-in:${keyOf(pending.state)}`;
      const lifetimeMs = LIFETIME_SECONDS * 1000;
      await this.settings.stores.singleUse.put(key, JSON.stringify(underWay), lifetimeMs);
      redirect(response, location, [this.#browser.set(browser)]);
    });
  }

  /** `GET /bff/callback`: each `state` once, and only in the browser that it was made for. */
  async finish(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    const { stores, origin, basePath } = this.settings;
    await this.#orFail(response, async () => {
      const browser = this.#browser.read(request);
      const [state, ...more] = query.getAll('state');
      if (browser === undefined || state === undefined || more.length > 0) {
        throw new SignInRefusedError('expired');
      }
      const kept = await stores.singleUse.claim(`sign-in:${keyOf(state)}`);
      if (kept === null) throw new SignInRefusedError('expired');
      const underWay = JSON.parse(kept) as SignInUnderWay;
      if (!isSame(underWay.browser, keyOf(browser))) throw new SignInRefusedError('expired');
      const callback = new URL(`${origin}${basePath}/callback?${query.toString()}`);
      const completed = await this.relyingParty.finish(callback, underWay.pending);
      const cookie = await this.sessions.open(await this.#sessionOf(completed));
      await this.#endReplaced(underWay.replaces);
      redirect(response, underWay.returnTo, [cookie]);
    });
  }

  async #sessionOf(completed: CompletedSignIn): Promise<BrowserSession> {
    const { claims: shown, absoluteMs, targets } = this.settings;
    const known = { ...(await this.relyingParty.userinfo(completed)), ...completed.claims };
    const claims = Object.entries(known).filter(([name]) => shown.includes(name));
    const { sub, sid } = completed.claims;
    const session: BrowserSession = {
      subject: sub,
      sid: typeof sid === 'string' ? sid : undefined,
      claims: Object.fromEntries(claims),
      idToken: completed.idToken,
      refreshToken: completed.refreshToken,
      accessTokens: {},
      endsAtMs: Date.now() + absoluteMs,
    };
    // The token of the sign-in is good for everything; a backend that can do without forgets it.
    const needsIt =
      completed.refreshToken === undefined || targets.some(({ resource }) => resource === '');
    return needsIt ? withTokens(session, '', completed) : session;
  }

  async #endReplaced(key: string | undefined): Promise<void> {
    if (key === undefined) return;
    const { stores, idleMs } = this.settings;
    const replaced = await stores.sessions.find(key, idleMs);
    if (replaced === null) return;
    await stores.sessions.close(key);
    await this.relyingParty.revoke(replaced.session);
  }

  /** Sends the browser to a page of the application that says in words what went wrong. */
  async #orFail(response: ServerResponse, work: () => Promise<void>): Promise<void> {
    const { errorPath, origin } = this.settings;
    try {
      await work();
    } catch (error) {
      const code = failureOf(error);
      this.#logger.warn(`a sign-in failed: ${code}`);
      const url = new URL(errorPath, origin);
      url.searchParams.set('sign_in_error', code);
      redirect(response, `${url.pathname}${url.search}`);
    }
  }
}

function failureOf(error: unknown): string {
  if (error instanceof SignInRefusedError) return error.code;
  const isOutage =
    error instanceof IssuerUnavailableError || error instanceof BffStoreUnavailableError;
  if (isOutage) return 'temporarily_unavailable';
  throw error;
}

/** What cannot be a challenge of a service is left out rather than passed on to the issuer. */
function stepUpIn(query: URLSearchParams): Record<string, string> {
  const acrValues = query.get('acr_values') ?? '';
  const maxAge = query.get('max_age') ?? '';
  return {
    ...(acrValues.length <= 500 && ACR_VALUES.test(acrValues) && { acr_values: acrValues }),
    ...(/^\d{1,9}$/.test(maxAge) && { max_age: maxAge }),
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
