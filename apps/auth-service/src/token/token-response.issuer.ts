/** Signs what a person's grant gives at once: an access token, and an ID token beside it. */
import { Injectable } from '@nestjs/common';
import {
  type ConfirmationClaim,
  formatScope,
  OPENID_SCOPE,
  type TokenResponse,
} from '@keyward/oauth';
import { AuthorizationDetailsResolver } from '../authorization-details/authorization-details.resolver.js';
import { type Grant } from '../grant/grant.js';
import { AccessTokenIssuer, detailsMember, tokenTypeOf } from '../issuance/access-token.issuer.js';
import { IdTokenIssuer } from '../issuance/id-token.issuer.js';
import { type Target } from '../resource/target.resolver.js';

/** What the tokens say that neither the grant nor the target does. */
export interface TokenResponseContext {
  /** Of the authorization request; null in a refreshed ID token. */
  readonly nonce: string | null;
  /** The key that the access token is bound to. */
  readonly confirmation: ConfirmationClaim | null;
  /** What the request asks for of the grant's details; null for all of them (RFC 9396 section 6). */
  readonly authorizationDetails: string | null;
}

@Injectable()
export class TokenResponseIssuer {
  constructor(
    private readonly accessTokens: AccessTokenIssuer,
    private readonly idTokens: IdTokenIssuer,
    private readonly details: AuthorizationDetailsResolver,
  ) {}

  /**
   * @param target the part of the grant that the access token is for
   * @returns the answer without a refresh token; an ID token wherever `openid` was granted
   * @throws InvalidAuthorizationDetailsError for details that were not granted
   * @throws TemporarilyUnavailableError where no key may sign now
   * @see RFC 6749 section 5.1, OpenID Connect Core 1.0 section 3.1.3.3
   */
  async issue(
    grant: Grant,
    target: Target,
    { nonce, confirmation, authorizationDetails: text }: TokenResponseContext,
  ): Promise<TokenResponse> {
    const authorizationDetails = await this.details.ofAudience(
      this.details.narrow(grant.authorizationDetails, text),
      target.audience,
    );
    const { accessToken, expiresInSeconds } = await this.accessTokens.issue({
      subject: grant.accountId,
      clientId: grant.clientId,
      scope: target.scope,
      audience: target.audience,
      grant,
      confirmation,
      authorizationDetails,
    });
    return {
      access_token: accessToken,
      token_type: tokenTypeOf(confirmation),
      expires_in: expiresInSeconds,
      scope: formatScope(target.scope),
      ...detailsMember(authorizationDetails),
      ...(grant.scope.includes(OPENID_SCOPE) && {
        id_token: await this.idTokens.issue({ grant, nonce, accessToken }),
      }),
    };
  }
}
