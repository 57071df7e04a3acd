/** The client credentials grant: a client asks on its own behalf (RFC 6749 section 4.4). */
import { Injectable } from '@nestjs/common';
import { CLIENT_CREDENTIALS_GRANT, formatScope, type TokenResponse } from '@keyward/oauth';
import { type Client } from '../../client/client.js';
import { AccessTokenIssuer, tokenTypeOf } from '../../issuance/access-token.issuer.js';
import { ClientTargetResolver } from '../../resource/client-target.resolver.js';
import { TokenGrant } from '../token.grant.js';
import { type TokenRequest } from '../token-request.parser.js';

/** No one signed in: the subject is the client, and there is no refresh token (section 4.4.3). */
@Injectable()
export class ClientCredentialsGrant extends TokenGrant {
  readonly grantType = CLIENT_CREDENTIALS_GRANT;

  constructor(
    private readonly targets: ClientTargetResolver,
    private readonly issuer: AccessTokenIssuer,
  ) {
    super();
  }

  async handle(client: Client, request: TokenRequest): Promise<TokenResponse> {
    const { scope, audience } = await this.targets.resolve(client, request);
    const { accessToken, expiresInSeconds } = await this.issuer.issue({
      subject: client.clientId,
      clientId: client.clientId,
      scope,
      audience,
      confirmation: request.confirmation,
    });
    return {
      access_token: accessToken,
      token_type: tokenTypeOf(request.confirmation),
      expires_in: expiresInSeconds,
      scope: formatScope(scope),
    };
  }
}
