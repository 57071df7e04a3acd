/** Port of the token endpoint: one way to obtain a token. */
import { type TokenResponse } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { type TokenRequest } from './token-request.parser.js';

/** A grant type's handler (RFC 6749 section 1.3). */
export abstract class TokenGrant {
  /** The `grant_type` that it answers. */
  abstract readonly grantType: string;

  /**
   * The tokens for an authenticated client that is registered for this grant type.
   * @throws OAuthError with the code of the grant's own RFC
   */
  abstract handle(client: Client, request: TokenRequest): Promise<TokenResponse>;
}

/** DI token: the list of every {@link TokenGrant} of this server. */
export const TOKEN_GRANTS = Symbol('TOKEN_GRANTS');
