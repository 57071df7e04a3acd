/** Says whether a token is live, to those who may know (RFC 7662). */
import { Inject, Injectable } from '@nestjs/common';
import { type AccessTokenClaims, formatScope, type IntrospectionResponse } from '@keyward/oauth';
import { AuthorizationDetailsResolver } from '../authorization-details/authorization-details.resolver.js';
import { type Client } from '../client/client.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { GrantService } from '../grant/grant.service.js';
import { detailsMember } from '../issuance/access-token.issuer.js';
import { REFRESH_TOKEN_PREFIX } from '../refresh-token/refresh-token.codec.js';
import { RefreshTokenService } from '../refresh-token/refresh-token.service.js';
import { isFor, LiveAccessTokens } from '../revocation/live-access.tokens.js';
import { type IntrospectionRequest } from './introspection-request.parser.js';

/** Every "no" is the same answer, so that it tells nothing about foreign tokens (section 2.2). */
const INACTIVE: IntrospectionResponse = { active: false };

/** Answers from the server's keys and its revocations; no token is stored anywhere. */
@Injectable()
export class IntrospectionHandler {
  constructor(
    private readonly accessTokens: LiveAccessTokens,
    private readonly refreshTokens: RefreshTokenService,
    private readonly grants: GrantService,
    private readonly details: AuthorizationDetailsResolver,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * @throws TemporarilyUnavailableError where it cannot be known whether the token was revoked
   * @see RFC 7662 section 2.2
   */
  handle(client: Client, { token }: IntrospectionRequest): Promise<IntrospectionResponse> {
    return token.startsWith(REFRESH_TOKEN_PREFIX)
      ? this.describeRefreshToken(client, token)
      : this.describeAccessToken(client, token);
  }

  /** For its own client alone; whether the grant is in force is asked of the record itself. */
  private async describeRefreshToken(
    client: Client,
    token: string,
  ): Promise<IntrospectionResponse> {
    const lineage = await this.refreshTokens.findLatest(client, token);
    if (lineage === null) return INACTIVE;
    const grant = await this.grants.find(lineage.grantId);
    if (grant === null || grant.revokedAt !== null) return INACTIVE;
    return {
      active: true,
      iss: this.server.issuer,
      sub: lineage.accountId,
      client_id: client.clientId,
      scope: formatScope(lineage.scope),
      exp: Math.floor(lineage.idleExpiresMs / 1000),
      grant_id: lineage.grantId,
      auth_time: lineage.authenticatedAtSeconds,
      acr: lineage.acr,
      amr: lineage.amr,
    };
  }

  /** A resource server is told those that it understands (RFC 9396 section 9.2). */
  private async detailsFor(client: Client, claims: AccessTokenClaims) {
    const { authorization_details: details = [], client_id } = claims;
    if (details.length === 0 || client_id === client.clientId) return details;
    return this.details.ofAudience(
      details,
      client.ownResource === null ? [] : [client.ownResource],
    );
  }

  private async describeAccessToken(client: Client, token: string): Promise<IntrospectionResponse> {
    const claims = await this.accessTokens.find(token, (found) => concerns(found, client));
    if (claims === null) return INACTIVE;
    const { iss, sub, aud, exp, iat, jti, client_id, scope } = claims;
    const { grant_id, auth_time, acr, amr, cnf, act } = claims;
    return {
      active: true,
      iss,
      sub,
      aud,
      exp,
      iat,
      jti,
      client_id,
      scope,
      grant_id,
      auth_time,
      acr,
      amr,
      cnf,
      act,
      ...detailsMember(await this.detailsFor(client, claims)),
      token_type: cnf?.jkt === undefined ? 'Bearer' : 'DPoP',
    };
  }
}

/** A resource server may ask about tokens meant for it, a client about its own (section 4). */
function concerns(claims: AccessTokenClaims, client: Client): boolean {
  return claims.client_id === client.clientId || isFor(claims, client.ownResource);
}
