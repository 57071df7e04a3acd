/** Writes the cookies of a browser that is given an access token (draft-ietf-httpbis-rfc6265bis section 4.1). */
import { checkCookieOptions, type AccessTokenCookieOptions } from './cookie.options.js';
import { CsrfTokens } from './csrf-token.js';

/** What may be chosen of the cookies. */
export interface CookieLifetime {
  /** Seconds after which the browser forgets them. Default: at the end of its session. */
  readonly maxAgeSeconds?: number;
  /** `Lax` also sends them when a link of another site leads here. Default `Strict`. */
  readonly sameSite?: 'Strict' | 'Lax';
}

/** What browsers keep of a cookie's name and value together, in bytes. */
const MAX_COOKIE_BYTES = 4096;

const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * For the backend that hands tokens out, with the options of the services that take them:
 *
 * ```ts
 * response.append('Set-Cookie', cookies.issue(accessToken, { maxAgeSeconds: 300 })); // Express
 * reply.header('Set-Cookie', cookies.issue(accessToken, { maxAgeSeconds: 300 })); // Fastify
 * ```
 */
export class AccessTokenCookies {
  readonly #name: string;
  readonly #csrfName: string;
  readonly #tokens: CsrfTokens;

  /** @throws TypeError for options that are wrong */
  constructor(options: AccessTokenCookieOptions) {
    const { name, cookieName, keys } = checkCookieOptions(options);
    this.#name = name;
    this.#csrfName = cookieName;
    this.#tokens = new CsrfTokens(keys);
  }

  /**
   * The values of two Set-Cookie headers: of the token, which no script can read, and of the CSRF
   * token that goes with it. Both are to be sent whenever the access token changes.
   *
   * @throws TypeError for a token with characters that none has, and for a lifetime that is none
   * @throws RangeError for a token that browsers would drop, since it is too long
   */
  issue(
    accessToken: string,
    { maxAgeSeconds, sameSite = 'Strict' }: CookieLifetime = {},
  ): string[] {
    if (!TOKEN.test(accessToken)) throw new TypeError('this is no access token');
    if (this.#name.length + accessToken.length > MAX_COOKIE_BYTES) {
      throw new RangeError(`the access token does not fit ${MAX_COOKIE_BYTES} bytes of a cookie`);
    }
    if (maxAgeSeconds !== undefined && !(Number.isInteger(maxAgeSeconds) && maxAgeSeconds > 0)) {
      throw new TypeError('maxAgeSeconds is not a number of seconds');
    }
    const lifetime = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`;
    const attributes = `; Path=/; Secure; SameSite=${sameSite}${lifetime}`;
    return [
      `${this.#name}=${accessToken}${attributes}; HttpOnly`,
      `${this.#csrfName}=${this.#tokens.make(accessToken)}${attributes}`,
    ];
  }

  /** The values of two Set-Cookie headers that take both cookies away. */
  clear(): string[] {
    const attributes = '=; Path=/; Secure; SameSite=Strict; Max-Age=0';
    return [`${this.#name}${attributes}; HttpOnly`, `${this.#csrfName}${attributes}`];
  }
}
