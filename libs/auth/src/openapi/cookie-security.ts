/** Describes access tokens in a cookie, as OpenAPI knows cookies and headers. */
import { checkCookieOptions, type AccessTokenCookieOptions } from '../cookie/cookie.options.js';
import { isSafeMethod } from '../cookie/csrf.defence.js';
import { type SecurityRequirement } from './openapi-document.js';

const TOKEN_COOKIE = 'accessTokenCookie';
const CSRF_HEADER = 'csrfToken';

/** The cookie of the token, and the header that a page has to send beside it where it changes anything. */
export function cookieSchemes(options: AccessTokenCookieOptions): Record<string, object> {
  const { name, cookieName, headerName } = checkCookieOptions(options);
  return {
    [TOKEN_COOKIE]: {
      type: 'apiKey',
      in: 'cookie',
      name,
      description: 'An access token of one of the issuers, sent by pages of the allowed origins',
    },
    [CSRF_HEADER]: {
      type: 'apiKey',
      in: 'header',
      name: headerName,
      description: `What the cookie ${cookieName} holds`,
    },
  };
}

/**
 * What an operation of this method asks of who comes with the cookie. The scopes are the token's, and
 * OpenAPI has none for a cookie: the requirements of the issuers and the summary say them.
 */
export function cookieRequirement(method: string): SecurityRequirement {
  return isSafeMethod(method.toUpperCase())
    ? { [TOKEN_COOKIE]: [] }
    : { [TOKEN_COOKIE]: [], [CSRF_HEADER]: [] };
}
