/** The client credentials grant: a client asks on its own behalf (RFC 6749 section 4.4). */
import { Injectable } from '@nestjs/common';
import { CLIENT_CREDENTIALS_GRANT, formatScope, type TokenResponse } from '@keyward/oauth';
import { AuthorizationDetailsResolver } from '../../authorization-details/authorization-details.resolver.js';
import { type Client } from '../../client/client.js';
import {
  AccessTokenIssuer,
  detailsMember,
  tokenTypeOf,
} from '../../issuance/access-token.issuer.js';
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
    private readonly details: AuthorizationDetailsResolver,
  ) {
    super();
  }

  async handle(client: Client, request: TokenRequest): Promise<TokenResponse> {
    const details = await this.details.resolve(client, request.authorizationDetails);
    const { scope, resources: audience } = await this.details.resolveTarget(
      client,
      request,
      details,
      async (byScope) => {
        const target = await this.targets.resolve(client, byScope);
        return { scope: target.scope, resources: target.audience };
      },
    );
    const { authorizationDetails } = details;
    const { accessToken, expiresInSeconds } = await this.issuer.issue({
      subject: client.clientId,
      clientId: client.clientId,
      scope,
      audience,
      confirmation: request.confirmation,
      authorizationDetails,
    });
    return {
      access_token: accessToken,
      token_type: tokenTypeOf(request.confirmation),
      expires_in: expiresInSeconds,
      scope: formatScope(scope),
      ...detailsMember(authorizationDetails),
    };
  }
}
