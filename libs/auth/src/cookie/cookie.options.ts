/** The options of access tokens in cookies, and what is wrong with them. */

/**
 * Takes access tokens out of a cookie too, for applications in a browser whose own backend hands the
 * token out. A browser sends cookies by itself, whoever made it send the request: so the defence
 * against forged requests is a part of these options, and nothing turns it off.
 */
export interface AccessTokenCookieOptions {
  /**
   * The cookie that holds the token and nothing else. Browsers take a name that begins with `__Host-`
   * from this very host alone, over TLS, and for all of its paths.
   * @see draft-ietf-httpbis-rfc6265bis section 4.1.3.2
   */
  readonly name: `__Host-${string}`;
  readonly csrf: CsrfOptions;
}

/** How a request of the application's own pages is told from one that another page made. */
export interface CsrfOptions {
  /**
   * Origins of the pages that may use the cookie, as browsers write them: `https://shop.example`. The
   * service's own origin is not taken from `Host` and has to be listed, where it has pages. At least
   * one; `http` for loopback addresses alone.
   */
  readonly allowedOrigins: readonly string[];
  readonly token: CsrfTokenOptions;
}

/** The token that a page reads from one cookie and sends back as a header. */
export interface CsrfTokenOptions {
  /**
   * At least 32 random bytes each, shared with whoever sets the cookies. The first makes tokens; each
   * recognises those that it made.
   */
  readonly keys: readonly Uint8Array[];
  /** The cookie that pages read. Default `__Host-csrf`. */
  readonly cookieName?: `__Host-${string}`;
  /** The header that pages send. It begins with `x-`: no form can send one. Default `x-csrf-token`. */
  readonly headerName?: string;
}

/** The options with their defaults. */
export interface CheckedCookieOptions {
  readonly name: string;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly keys: readonly Uint8Array[];
  readonly cookieName: string;
  /** In lower case. */
  readonly headerName: string;
}

/** Shortest key, in bytes. */
const MIN_KEY_BYTES = 32;

// cookie-name is a token (RFC 9110 section 5.6.2).
const HOST_PREFIXED = /^__Host-[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CUSTOM_HEADER = /^x-[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws TypeError that says which option is wrong, and never shows a key */
export function checkCookieOptions(options: AccessTokenCookieOptions): CheckedCookieOptions {
  // Whoever builds options from configuration may leave out what the types demand.
  const csrf: Partial<CsrfOptions> | undefined = options.csrf;
  const token: Partial<CsrfTokenOptions> | undefined = csrf?.token;
  const { keys = [], cookieName = '__Host-csrf' } = token ?? {};
  const { allowedOrigins = [] } = csrf ?? {};
  const headerName = (token?.headerName ?? 'x-csrf-token').toLowerCase();
  refuseUnless(HOST_PREFIXED.test(options.name), 'name is no name with __Host-');
  refuseUnless(HOST_PREFIXED.test(cookieName), 'csrf.token.cookieName is no name with __Host-');
  refuseUnless(cookieName !== options.name, 'csrf.token.cookieName is the cookie of the token');
  refuseUnless(CUSTOM_HEADER.test(headerName), 'csrf.token.headerName is no header with x-');
  refuseUnless(keys.length > 0, 'csrf.token.keys is empty');
  const areLong = keys.every((key) => key instanceof Uint8Array && key.length >= MIN_KEY_BYTES);
  refuseUnless(areLong, `csrf.token.keys has one that is not ${MIN_KEY_BYTES} bytes or more`);
  refuseUnless(allowedOrigins.length > 0, 'csrf.allowedOrigins is empty');
  for (const origin of allowedOrigins) {
    refuseUnless(isOrigin(origin), `csrf.allowedOrigins: ${JSON.stringify(origin)} is no origin`);
    refuseUnless(isSecure(origin), `csrf.allowedOrigins: ${JSON.stringify(origin)} is not https`);
  }
  const { name } = options;
  return { name, allowedOrigins: new Set(allowedOrigins), keys, cookieName, headerName };
}

function refuseUnless(isRight: boolean, fault: string): void {
  if (!isRight) throw new TypeError(`cookie: ${fault}`);
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** What comes over plain http was written by whoever is on the line. */
function isSecure(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}
