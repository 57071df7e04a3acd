/** Finds the access token of a request in a cookie (RFC 6750 section 2, for browsers). */
import {
  extractAccessToken,
  MalformedRequestError,
  refuseParameterToken,
  type HttpRequest,
  type PresentedToken,
} from '../bearer/bearer-token.js';
import { cookieValues } from './cookie-header.js';
import { checkCookieOptions, type AccessTokenCookieOptions } from './cookie.options.js';
import { CsrfDefence } from './csrf.defence.js';

// The same characters as in an Authorization header: no quotes, no escapes.
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

const taken = new WeakMap<object, PresentedToken>();

/** Takes tokens out of the one cookie that the options name. */
export class CookieTokenSource {
  readonly #name: string;
  readonly #csrf: CsrfDefence;

  /** @throws TypeError for options that are wrong */
  constructor(options: AccessTokenCookieOptions) {
    const checked = checkCookieOptions(options);
    this.#name = checked.name;
    this.#csrf = new CsrfDefence(checked);
  }

  /** Whether the request has the cookie, good or not. */
  has({ headers }: HttpRequest): boolean {
    return cookieValues(headers, this.#name).length > 0;
  }

  /**
   * The token of the cookie. One that comes with a proof is presented as in the scheme DPoP.
   *
   * @returns undefined where there is no such cookie
   * @throws MalformedRequestError for a broken cookie, and for more than one token
   * @throws RefusedCookieError for a request that another page may have made
   */
  extract(request: HttpRequest): PresentedToken | undefined {
    const { headers } = request;
    const [token, ...more] = cookieValues(headers, this.#name);
    if (token === undefined) return undefined;
    if (more.length > 0) {
      throw new MalformedRequestError('more_than_one_token', 'the cookie of the token twice');
    }
    // Whatever its scheme: nobody else may take the request for someone else's.
    if (headers['authorization'] !== undefined) {
      throw new MalformedRequestError('more_than_one_token', 'a cookie and Authorization');
    }
    refuseParameterToken(request);
    if (!TOKEN.test(token)) {
      throw new MalformedRequestError('malformed_cookie', 'not one token, as it is');
    }
    this.#csrf.check(request, token);
    const scheme = headers['dpop'] === undefined ? 'Bearer' : 'DPoP';
    const presented: PresentedToken = { scheme, token };
    taken.set(request, presented);
    return presented;
  }
}

/** The token of a request that was let in, wherever it came from. */
export function presentedToken(request: HttpRequest): PresentedToken | undefined {
  return extractAccessToken(request) ?? taken.get(request);
}
