/** Wire shapes of the token, introspection and revocation endpoints: snake_case as in the RFCs. */
import { type AuthorizationDetail } from './authorization-details.js';
import { type ActorClaim, type ConfirmationClaim } from './claims.js';

/** Grant type by which a client asks on its own behalf (RFC 6749 section 4.4). */
export const CLIENT_CREDENTIALS_GRANT = 'client_credentials';

/** Grant type that redeems an authorization code (RFC 6749 section 4.1.3). */
export const AUTHORIZATION_CODE_GRANT = 'authorization_code';

/** Grant type that continues a grant (RFC 6749 section 6). */
export const REFRESH_TOKEN_GRANT = 'refresh_token';

/** Grant type that trades a token for another (RFC 8693 section 2.1). */
export const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** Grant type of an assertion by an issuer that is trusted (RFC 7523 section 2.1). */
export const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Grant type of a device whose person signs in elsewhere (RFC 8628 section 3.4). */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** What an access token is called in an exchange (RFC 8693 section 3). */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';

/** What any JWT is called in an exchange (RFC 8693 section 3). */
export const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt';

/** How a token is to be presented: alone, or with a proof of its key (RFC 9449 section 5). */
export type TokenType = 'Bearer' | 'DPoP';

/** Scope that makes a request an OpenID Connect one (OpenID Connect Core section 3.1.2.1). */
export const OPENID_SCOPE = 'openid';

/** Scope for a grant that outlives the sign-in session (OpenID Connect Core section 11). */
export const OFFLINE_ACCESS_SCOPE = 'offline_access';

/**
 * The scopes that belong to no resource but the person: what they open is read at userinfo.
 * @see OpenID Connect Core 1.0 sections 5.4 and 11
 */
export const OPENID_SCOPES = [
  OPENID_SCOPE,
  'profile',
  'email',
  'address',
  'phone',
  OFFLINE_ACCESS_SCOPE,
] as const;

/** Every {@link ClientAuthenticationMethod}. */
export const CLIENT_AUTHENTICATION_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const;

/** How a client proves who it is; `none` for a public client (RFC 7591 section 2, RFC 8705 section 2). */
export type ClientAuthenticationMethod = (typeof CLIENT_AUTHENTICATION_METHODS)[number];

/** The methods by which a client proves itself in TLS, and not in the message (RFC 8705 section 2). */
export const CERTIFICATE_METHODS: readonly ClientAuthenticationMethod[] = [
  'tls_client_auth',
  'self_signed_tls_client_auth',
];

/** How an authorization response travels (OAuth 2.0 Multiple Response Types, Form Post). */
export type ResponseMode = 'query' | 'form_post';

/** A successful answer of the token endpoint (RFC 6749 section 5.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: TokenType;
  /** Seconds until the token expires. */
  readonly expires_in: number;
  /** Always sent, although the RFC lets it be left out where it equals the request's. */
  readonly scope: string;
  /** Where the client may continue the grant (RFC 6749 section 6). */
  readonly refresh_token?: string;
  /** Where the token has some (RFC 9396 section 7). */
  readonly authorization_details?: readonly AuthorizationDetail[];
  /** Where the grant has the scope `openid` (OpenID Connect Core section 3.1.3.3). */
  readonly id_token?: string;
  /** Of an exchange: what `access_token` is (RFC 8693 section 2.2.1). */
  readonly issued_token_type?: typeof ACCESS_TOKEN_TYPE;
}

/** A successful answer to a pushed request (RFC 9126 section 2.2). */
export interface PushedAuthorizationResponse {
  readonly request_uri: string;
  /** Seconds in which the request has to be used. */
  readonly expires_in: number;
}

/** A successful answer to a device authorization request (RFC 8628 section 3.2). */
export interface DeviceAuthorizationResponse {
  readonly device_code: string;
  /** What the person types. */
  readonly user_code: string;
  /** Where the person types it. */
  readonly verification_uri: string;
  /** The same with the code in it, for a QR code. */
  readonly verification_uri_complete: string;
  /** Seconds until both codes expire. */
  readonly expires_in: number;
  /** Seconds that the client leaves between two polls. */
  readonly interval: number;
}

/** What introspection says of a live token (RFC 7662 section 2.2). */
export interface ActiveIntrospectionResponse {
  readonly active: true;
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly client_id: string;
  readonly scope?: string;
  readonly grant_id?: string;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly cnf?: ConfirmationClaim;
  readonly act?: ActorClaim;
  readonly authorization_details?: readonly AuthorizationDetail[];
  readonly token_type: TokenType;
}

/** What introspection says of a refresh token that is in force, to its own client. */
export interface ActiveRefreshTokenResponse {
  readonly active: true;
  readonly iss: string;
  readonly sub: string;
  readonly client_id: string;
  readonly scope: string;
  /** When it ends unless it is used before. */
  readonly exp: number;
  readonly grant_id: string;
  readonly auth_time: number;
  readonly acr: string;
  readonly amr: readonly string[];
}

/** What introspection says of every other token: nothing more (RFC 7662 section 2.2). */
export interface InactiveIntrospectionResponse {
  readonly active: false;
}

/** An answer of the introspection endpoint (RFC 7662 section 2.2). */
export type IntrospectionResponse =
  ActiveIntrospectionResponse | ActiveRefreshTokenResponse | InactiveIntrospectionResponse;
