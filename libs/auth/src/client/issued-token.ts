/** A token as the token endpoint gave it. */
import { ACCESS_TOKEN_TYPE } from '@keyward/oauth';
import { type TokenScheme } from '../bearer/bearer-token.js';
import { type JsonObject } from '../jws/strict-json.js';

/** A token and when it ends. */
export interface IssuedToken {
  readonly accessToken: string;
  /** The scheme that it is presented by. */
  readonly scheme: TokenScheme;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** Where the server does not say: `expires_in` is only RECOMMENDED (RFC 6749 section 5.1). */
const ASSUMED_SECONDS = 60;
const MAX_TOKEN_LENGTH = 65_536;
// What can stand in an Authorization header as one token (RFC 6750 section 2.1).
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** What stands in a header of RFC 8693 for a token that can be presented as an access token. */
const ACCESS_TOKEN_TYPES: readonly unknown[] = [
  undefined,
  ACCESS_TOKEN_TYPE,
  'urn:ietf:params:oauth:token-type:jwt',
];

/**
 * Reads an answer of the token endpoint.
 *
 * @param bound whether the token was asked for with a proof: an unbound one is no answer then
 * @throws Error for anything but a token that can be used; without saying what came
 * @see RFC 6749 section 5.1, RFC 8693 section 2.2.1, RFC 9449 section 5
 */
export function readIssuedToken(body: JsonObject, bound: boolean, nowMs: number): IssuedToken {
  const { access_token: accessToken, token_type: type, issued_token_type: issued } = body;
  const lifetime = body['expires_in'] ?? ASSUMED_SECONDS;
  if (
    typeof accessToken !== 'string' ||
    accessToken.length > MAX_TOKEN_LENGTH ||
    !TOKEN.test(accessToken)
  ) {
    throw new Error('the token endpoint answered without an access token');
  }
  const wanted = bound ? 'DPoP' : 'Bearer';
  if (typeof type !== 'string' || type.toLowerCase() !== wanted.toLowerCase()) {
    throw new Error(`the token endpoint answered with a token that is not of type ${wanted}`);
  }
  if (!ACCESS_TOKEN_TYPES.includes(issued)) {
    throw new Error('the token endpoint answered with another kind of token');
  }
  if (typeof lifetime !== 'number' || !(lifetime > 0)) {
    throw new Error('the token endpoint answered with a token that has ended');
  }
  return {
    accessToken,
    scheme: wanted,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + lifetime * 1000,
  };
}
