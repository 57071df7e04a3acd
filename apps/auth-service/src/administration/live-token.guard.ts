/** Lets a token in that is good by its text only while nothing has ended it. */
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { extractAccessToken, InvalidTokenError } from '@keyward/auth';
import { ADMINISTRATION_PATH } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { CachedClientStore } from '../client/cached-client.store.js';
import { type ClientStore } from '../client/client.store.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { RequestLimits } from '../limits/request.limits.js';
import { isFor, LiveAccessTokens } from '../revocation/live-access.tokens.js';

/**
 * Stands behind the library's guards: a resource server elsewhere hears of revocations by the feed, this
 * one has the record, and an administrator's token must not live on for the moment in between.
 */
@Injectable()
export class LiveTokenGuard implements CanActivate {
  private readonly resource: string;

  constructor(
    private readonly tokens: LiveAccessTokens,
    private readonly limits: RequestLimits,
    @Inject(CachedClientStore) private readonly clients: ClientStore,
    @Inject(serverConfig.KEY) { issuer }: ServerConfig,
  ) {
    this.resource = `${issuer}${ADMINISTRATION_PATH}`;
  }

  /**
   * @throws InvalidTokenError where the token was revoked, or its client was disabled
   * @throws TooManyRequestsError where its owner asks too often
   * @throws TemporarilyUnavailableError where that cannot be known
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { token = '' } = extractAccessToken(request) ?? {};
    const claims = await this.tokens.find(token, (said) => isFor(said, this.resource));
    const client = claims === null ? null : await this.clients.find(claims.client_id);
    if (claims === null || client === null || client.disabledAt !== null)
      throw new InvalidTokenError(false);
    await this.limits.admit('administration', claims.sub);
    return true;
  }
}
