/** The claims of Keyward's tokens and the media types that keep kinds of JWT apart. */
import { type AuthorizationDetail } from './authorization-details.js';

/**
 * `typ` header of an access token.
 * @see RFC 9068 section 2.1
 */
export const ACCESS_TOKEN_TYP = 'at+jwt';

/**
 * `typ` header of an ID token. Access and logout tokens have names of their own, so that none of the
 * three is taken for another.
 * @see RFC 7519 section 5.1, RFC 8725 section 3.11
 */
export const ID_TOKEN_TYP = 'JWT';

/**
 * `typ` header of a signed introspection response; behind `application/` its media type.
 * @see RFC 9701 section 5
 */
export const INTROSPECTION_TYP = 'token-introspection+jwt';

/**
 * `typ` header of a DPoP proof.
 * @see RFC 9449 section 4.2
 */
export const DPOP_PROOF_TYP = 'dpop+jwt';

/**
 * How a token is bound to a key: `jkt` for DPoP (RFC 9449), `x5t#S256` for mTLS (RFC 8705).
 * @see RFC 7800 section 3.1
 */
export interface ConfirmationClaim {
  readonly jkt?: string;
  readonly 'x5t#S256'?: string;
}

/**
 * Who acts for the subject; the one who acted before it stands within.
 * @see RFC 8693 section 4.1
 */
export interface ActorClaim {
  readonly sub: string;
  readonly act?: ActorClaim;
}

/**
 * The payload of an access token. Times are seconds since the epoch. It holds no personal data:
 * who needs a name asks the userinfo endpoint.
 * @see RFC 9068 section 2.2
 */
export interface AccessTokenClaims {
  readonly iss: string;
  /** The resource owner, or the client itself where no one signed in. */
  readonly sub: string;
  /** The resource indicators the token is for; one is written as a string. */
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly client_id: string;
  readonly scope?: string;
  /** The sign-in that the token came from; absent where nobody signed in. */
  readonly grant_id?: string;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly cnf?: ConfirmationClaim;
  readonly act?: ActorClaim;
  /** Of the resources that it is for (RFC 9396 section 9.1). */
  readonly authorization_details?: readonly AuthorizationDetail[];
}

/**
 * The payload of an ID token. Times are seconds since the epoch.
 * @see OpenID Connect Core 1.0 section 2
 */
export interface IdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  /** The client. */
  readonly aud: string;
  readonly exp: number;
  readonly iat: number;
  readonly auth_time: number;
  /** As the authorization request sent it; never in an ID token that came by a refresh. */
  readonly nonce?: string;
  readonly acr: string;
  readonly amr: readonly string[];
  /** Left half of the hash of the access token that came with it (section 3.1.3.6). */
  readonly at_hash?: string;
  /** The session's public name (OpenID Connect Front-Channel Logout section 3). */
  readonly sid?: string;
}
