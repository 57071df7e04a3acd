/** Wire shapes of the token, introspection and revocation endpoints: snake_case as in the RFCs. */

/** Grant types that an authorization server of Keyward answers (RFC 6749 section 4.4). */
export const CLIENT_CREDENTIALS_GRANT = 'client_credentials';

/** How a client proves who it is at the token endpoint (RFC 7591 section 2). */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post';

/** A successful answer of the token endpoint (RFC 6749 section 5.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds until the token expires. */
  readonly expires_in: number;
  /** Always sent, although the RFC lets it be left out where it equals the request's. */
  readonly scope: string;
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
  readonly token_type: 'Bearer';
}

/** What introspection says of every other token: nothing more (RFC 7662 section 2.2). */
export interface InactiveIntrospectionResponse {
  readonly active: false;
}

/** An answer of the introspection endpoint (RFC 7662 section 2.2). */
export type IntrospectionResponse = ActiveIntrospectionResponse | InactiveIntrospectionResponse;
