/** Decides for what a token is good that a client gets on its own behalf. */
import { Inject, Injectable } from '@nestjs/common';
import { REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { type Client } from '../client/client.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { type Target, type TargetRequest, TargetResolver } from './target.resolver.js';

/** Beside the registered resources there is the issuer, for a resource server that follows its feed. */
@Injectable()
export class ClientTargetResolver {
  constructor(
    private readonly targets: TargetResolver,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'issuer'>,
  ) {}

  /**
   * The scope of the feed is never granted beside another, and only where it is asked for: its token
   * goes to the issuer alone.
   *
   * @throws InvalidTargetError for a resource that is unknown or not this client's
   * @throws InvalidScopeError for a scope that is unknown or not registered for this client there
   */
  resolve(client: Client, request: TargetRequest): Promise<Target> {
    const { issuer } = this.server;
    const isForFeed =
      request.scope?.length === 1 &&
      request.scope[0] === REVOCATIONS_READ_SCOPE &&
      request.resources.every((resource) => resource === issuer) &&
      client.scopes.includes(REVOCATIONS_READ_SCOPE) &&
      client.ownResource !== null;
    if (!isForFeed) return this.targets.resolve(client, request);
    return Promise.resolve({ scope: [REVOCATIONS_READ_SCOPE], audience: [issuer] });
  }
}
