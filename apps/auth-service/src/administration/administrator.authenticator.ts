/** Decides who may administer this server: whoever has an access token for it that says so. */
import { Inject, Injectable } from '@nestjs/common';
import {
  extractAccessToken,
  InsufficientScopeError,
  InvalidRequestError,
  InvalidTokenError,
  MalformedRequestError,
  MissingTokenError,
  type PresentedToken,
} from '@keyward/auth';
import { ADMINISTRATION_PATH, parseScope } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { CachedClientStore } from '../client/cached-client.store.js';
import { type ClientStore } from '../client/client.store.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { isFor, LiveAccessTokens } from '../revocation/live-access.tokens.js';
import { DPOP_CHALLENGE, TokenSender } from '../sender-constraint/token.sender.js';

/**
 * The administration API is a resource that a deployment declares, with the scopes that it gives out:
 * where none is declared there is no token for it, and nobody gets in.
 */
@Injectable()
export class AdministratorAuthenticator {
  private readonly resource: string;

  constructor(
    private readonly tokens: LiveAccessTokens,
    private readonly sender: TokenSender,
    @Inject(CachedClientStore) private readonly clients: ClientStore,
    @Inject(serverConfig.KEY) { issuer }: ServerConfig,
  ) {
    this.resource = `${issuer}${ADMINISTRATION_PATH}`;
  }

  /**
   * @returns who it is, for the audit
   * @throws BearerError with the status and the challenge of RFC 6750
   * @throws TemporarilyUnavailableError where it cannot be known whether the token is good
   * @see RFC 6750 section 3.1, RFC 9068 section 4
   */
  async demand(request: FastifyRequest, scope: string): Promise<string> {
    const presented = tokenOf(request);
    const claims = await this.tokens.find(presented.token, (said) => isFor(said, this.resource));
    if (claims === null) throw new InvalidTokenError(false);
    await this.sender.check(request, presented, claims.cnf);
    const client = await this.clients.find(claims.client_id);
    if (client === null || client.disabledAt !== null) throw new InvalidTokenError(false);
    const granted = parseScope(claims.scope ?? '') ?? [];
    if (!granted.includes(scope)) throw new InsufficientScopeError(scope);
    return claims.grant_id === undefined ? `client ${claims.client_id}` : `account ${claims.sub}`;
  }
}

function tokenOf(request: FastifyRequest): PresentedToken {
  try {
    const token = extractAccessToken(request);
    if (token === undefined) throw new MissingTokenError(undefined, DPOP_CHALLENGE);
    return token;
  } catch (error) {
    if (error instanceof MalformedRequestError) throw new InvalidRequestError();
    throw error;
  }
}
