/** Decides who may follow the feed, and what for: a resource server, with a token of its own. */
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
import { parseScope, REVOCATIONS_READ_SCOPE } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { ClientStore } from '../../client/client.store.js';
import { serverConfig, type ServerConfig } from '../../config/server.config.js';
import { AccessTokenVerifier } from '../../issuance/access-token.verifier.js';
import { DPOP_CHALLENGE, TokenSender } from '../../sender-constraint/token.sender.js';
import { RevocationService } from '../revocation.service.js';
import { type FollowerAccess } from './feed.follower.js';

/** The issuer is a resource like any other: the token has to name it. */
@Injectable()
export class FollowerAuthenticator {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly sender: TokenSender,
    private readonly revocations: RevocationService,
    private readonly clients: ClientStore,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * @throws BearerError with the status and the challenge of RFC 6750
   * @throws TemporarilyUnavailableError where it cannot be known whether the token is good
   * @see RFC 6750 section 3.1, RFC 9068 section 4
   */
  async authenticate(request: FastifyRequest): Promise<FollowerAccess> {
    const presented = tokenOf(request);
    const verified = await this.verifier.verify(presented.token);
    if (verified === null) throw new InvalidTokenError(false);
    const { claims, identity } = verified;
    if (![claims.aud].flat().includes(this.server.issuer)) throw new InvalidTokenError(false);
    await this.sender.check(request, presented, claims.cnf);
    if (await this.revocations.isRevoked(identity)) throw new InvalidTokenError(false);
    const scope = parseScope(claims.scope ?? '') ?? [];
    if (!scope.includes(REVOCATIONS_READ_SCOPE)) {
      throw new InsufficientScopeError(REVOCATIONS_READ_SCOPE);
    }
    const client = await this.clients.find(identity.clientId);
    if (client === null || client.disabledAt !== null) throw new InvalidTokenError(false);
    // Whoever signs in at a resource server must not learn what others revoke there.
    if (client.ownResource === null || identity.grantId !== null) {
      throw new InsufficientScopeError(undefined);
    }
    return { identity, resource: client.ownResource, untilMs: claims.exp * 1000 };
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
