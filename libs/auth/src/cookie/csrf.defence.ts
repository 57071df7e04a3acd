/** Tells requests of the application's own pages from those that another page made a browser send. */
import { RefusedTokenError, shown, type RefusalReason } from '../access-token/refusal.js';
import { type HttpRequest } from '../bearer/bearer-token.js';
import { cookieValues } from './cookie-header.js';
import { type CheckedCookieOptions } from './cookie.options.js';
import { CsrfTokens, isSame } from './csrf-token.js';

/** The cookie counts for nothing: another page may have made the browser send it. */
export class RefusedCookieError extends RefusedTokenError {
  constructor(reason: RefusalReason, detail?: string) {
    super('extraction', reason, detail);
    this.name = 'RefusedCookieError';
  }
}

// RFC 9110 section 9.2.1; TRACE is safe too, and has no business with a cookie.
const SAFE_METHODS = new Set<unknown>(['GET', 'HEAD', 'OPTIONS']);

/** Middleware takes the method from these, wherever it runs: what they hide is not safe. */
const METHOD_OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/** `none` is the user: a bookmark or the address bar. */
const OWN_FETCH_SITES = new Set<unknown>([undefined, 'same-origin', 'none']);

/** Asked about every request that a cookie authenticates. */
export class CsrfDefence {
  readonly #allowedOrigins: ReadonlySet<string>;
  readonly #tokens: CsrfTokens;
  readonly #cookieName: string;
  readonly #headerName: string;

  constructor({ allowedOrigins, keys, cookieName, headerName }: CheckedCookieOptions) {
    this.#allowedOrigins = allowedOrigins;
    this.#tokens = new CsrfTokens(keys);
    this.#cookieName = cookieName;
    this.#headerName = headerName;
  }

  /**
   * Safe methods may come from anywhere but the pages of others. The handshake of a WebSocket, which
   * cannot carry a header of a page, has to say that it comes from one of ours. Anything else has to
   * say so and to bring the CSRF token.
   *
   * @throws RefusedCookieError
   */
  check(request: HttpRequest, accessToken: string): void {
    const { headers } = request;
    const isSafe = isSafeRequest(request);
    if (isSafe && headers['upgrade'] === undefined) {
      this.#checkReader(headers);
      return;
    }
    this.#checkOrigin(headers);
    if (!isSafe) this.#checkToken(headers, accessToken);
  }

  /**
   * A page of another site that loads an answer as an image or a script, or navigates to it, can
   * learn from it (its size, its time), and starts whatever a GET does that it should not.
   */
  #checkReader(headers: HttpRequest['headers']): void {
    const { origin, 'sec-fetch-site': site } = headers;
    if (origin !== undefined) this.#checkOrigin(headers);
    else if (!OWN_FETCH_SITES.has(site)) throw new RefusedCookieError('csrf_site', shown(site));
  }

  /** An Origin decides; where a browser leaves it out, its word that the page is of this origin does. */
  #checkOrigin({ origin, 'sec-fetch-site': site }: HttpRequest['headers']): void {
    if (origin === undefined && site === 'same-origin') return;
    if (origin === undefined) throw new RefusedCookieError('csrf_origin_missing');
    if (typeof origin !== 'string' || !this.#allowedOrigins.has(origin)) {
      throw new RefusedCookieError('csrf_origin', shown(origin));
    }
  }

  #checkToken(headers: HttpRequest['headers'], accessToken: string): void {
    const sent = headers[this.#headerName];
    const [stored, ...more] = cookieValues(headers, this.#cookieName);
    if (sent === undefined || stored === undefined) {
      throw new RefusedCookieError('csrf_token_missing', sent === undefined ? 'header' : 'cookie');
    }
    const isPair = typeof sent === 'string' && more.length === 0 && isSame(sent, stored);
    if (!isPair || !this.#tokens.goesWith(sent, accessToken)) {
      throw new RefusedCookieError('csrf_token');
    }
  }
}

/** Whether a request of this method, in upper case, changes nothing. */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/** By every method that the request has had: middleware may have put another in its place. */
function isSafeRequest({ headers, method, originalMethod, raw }: HttpRequest): boolean {
  return (
    SAFE_METHODS.has(method) &&
    SAFE_METHODS.has(originalMethod ?? method) &&
    SAFE_METHODS.has(raw?.method ?? method) &&
    METHOD_OVERRIDES.every((name) => headers[name] === undefined)
  );
}
