/** The refresh token grant: a client goes on with what a person allowed it (RFC 6749 section 6). */
import { Injectable } from '@nestjs/common';
import { InvalidScopeError, REFRESH_TOKEN_GRANT, type TokenResponse } from '@keyward/oauth';
import { AuthorizationDetailsResolver } from '../../authorization-details/authorization-details.resolver.js';
import { type Client } from '../../client/client.js';
import { type Grant } from '../../grant/grant.js';
import { TokenAlgorithms } from '../../issuance/token.algorithms.js';
import { TokenAudiences } from '../../issuance/token.audiences.js';
import { TokenEncryption } from '../../issuance/token.encryption.js';
import { RefreshTokenRotation } from '../../refresh-token/refresh-token.rotation.js';
import { GrantTargetResolver } from '../../resource/grant-target.resolver.js';
import { type Target } from '../../resource/target.resolver.js';
import { keyBindingOf } from '../../sender-constraint/key.binding.js';
import { TokenGrant } from '../token.grant.js';
import { TokenResponseIssuer } from '../token-response.issuer.js';
import { type TokenRequest } from '../token-request.parser.js';

/** The access token may be narrower than the grant; the refresh token always keeps all of it. */
@Injectable()
export class RefreshTokenGrant extends TokenGrant {
  readonly grantType = REFRESH_TOKEN_GRANT;

  constructor(
    private readonly rotation: RefreshTokenRotation,
    private readonly targets: GrantTargetResolver,
    private readonly tokens: TokenResponseIssuer,
    private readonly audiences: TokenAudiences,
    private readonly encryption: TokenEncryption,
    private readonly algorithms: TokenAlgorithms,
    private readonly details: AuthorizationDetailsResolver,
  ) {
    super();
  }

  async handle(client: Client, request: TokenRequest): Promise<TokenResponse> {
    const token = request.parameters.required('refresh_token');
    const narrowed = await this.narrowInAdvance(client, token, request);
    const keyBinding = keyBindingOf(client, request.confirmation);
    const { grant, refreshToken } = await this.rotation.refresh(client, {
      token,
      keyBinding,
      origin: request.origin,
    });
    const target = narrowed ?? (await this.targetOf(grant, request));
    const response = await this.tokens.issue(grant, target, {
      nonce: null,
      confirmation: request.confirmation,
      authorizationDetails: request.authorizationDetails,
    });
    return { ...response, refresh_token: refreshToken };
  }

  /**
   * A request that is refused for what it asks for must not rotate: its client keeps the token that
   * it has, and would be taken for a thief with it after a while.
   */
  private async narrowInAdvance(
    client: Client,
    token: string,
    request: TokenRequest,
  ): Promise<Target | null> {
    const { scope, resources, authorizationDetails } = request;
    const isForAll = scope === null && resources.length === 0 && authorizationDetails === null;
    if (isForAll && !(await this.mayBeRefused(client))) return null;
    const grant = await this.rotation.peek(client, token);
    if (grant === null) return null;
    const target = await this.targetOf(grant, request);
    const audience = await this.audiences.find(target.audience);
    await this.encryption.ofAccessTokens(audience);
    this.algorithms.ofAccessTokens(audience);
    this.details.narrow(grant.authorizationDetails, authorizationDetails);
    return target;
  }

  /** Whether one token may be impossible for all that the client can have. */
  private async mayBeRefused(client: Client): Promise<boolean> {
    return (
      (await this.encryption.mayConcern(client)) || (await this.algorithms.mayDisagree(client))
    );
  }

  /** @see RFC 6749 section 6, RFC 8707 section 2.2 */
  private async targetOf(grant: Grant, { scope, resources }: TokenRequest): Promise<Target> {
    const refused = () =>
      new InvalidScopeError(
        'the scope holds more than was granted for these resources',
        `client ${grant.clientId} asked for more than grant ${grant.grantId} holds`,
      );
    if (scope !== null && !scope.every((value) => grant.scope.includes(value))) throw refused();
    const granted = { ...grant, scope: scope ?? grant.scope };
    const target = await this.targets.narrow(granted, resources);
    if (scope !== null && target.scope.length < scope.length) throw refused();
    return target;
  }
}
