/** Says who signed in, to whom holds a token of theirs (OpenID Connect Core 1.0 section 5.3). */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InsufficientScopeError, InvalidTokenError, type PresentedToken } from '@keyward/auth';
import { type AccessTokenClaims, OPENID_SCOPE, parseScope } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { AccountStore } from '../account/account.store.js';
import { type Client } from '../client/client.js';
import { ClientStore } from '../client/client.store.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { AccessTokenVerifier } from '../issuance/access-token.verifier.js';
import { originOf } from '../http/request.origin.js';
import { RequestLimits } from '../limits/request.limits.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { TokenSender } from '../sender-constraint/token.sender.js';
import { claimsOf } from './scope.claims.js';

/** What userinfo answers, and for which client. */
export interface Userinfo {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly client: Client;
}

/** The issuer is a resource like any other: a token is for it, or it is not. */
@Injectable()
export class UserinfoHandler {
  private readonly logger = new Logger(UserinfoHandler.name);

  constructor(
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
    private readonly verifier: AccessTokenVerifier,
    private readonly sender: TokenSender,
    private readonly revocations: RevocationService,
    private readonly clients: ClientStore,
    private readonly accounts: AccountStore,
    private readonly limits: RequestLimits,
  ) {}

  /**
   * @throws InvalidTokenError for a token that is not ours, not live, not for this endpoint, or not
   *   of a person and a client that are still there; with one answer for all of them
   * @throws BearerError for a token whose key the request does not prove
   * @throws InsufficientScopeError for one without the scope `openid`
   * @throws TooManyRequestsError where its person's tokens are used here too often
   * @throws TemporarilyUnavailableError where it cannot be known
   * @see RFC 6750 section 3.1
   */
  async handle(request: FastifyRequest, presented: PresentedToken): Promise<Userinfo> {
    const verified = await this.verifier.verify(presented.token);
    if (verified === null) {
      await this.limits.admitAddress('refused', originOf(request));
      throw this.refuse('it is none of ours, or it expired');
    }
    const { claims, identity } = verified;
    if (![claims.aud].flat().includes(this.server.issuer)) throw this.refuse('it is not for us');
    await this.sender.check(request, presented, claims.cnf);
    await this.limits.admit('userinfo', claims.sub);
    if (claims.grant_id === undefined) throw this.refuse('nobody signed in for it');
    const scope = scopeOf(claims);
    if (!scope.includes(OPENID_SCOPE)) throw new InsufficientScopeError(OPENID_SCOPE);
    if (await this.revocations.isRevoked(identity)) throw this.refuse('it was revoked');

    const client = await this.clients.find(claims.client_id);
    if (client === null || client.disabledAt !== null) throw this.refuse('its client is gone');
    const account = await this.accounts.find(claims.sub);
    if (account === null || account.disabledAt !== null) throw this.refuse('its account is gone');
    return { claims: claimsOf(account, scope), client };
  }

  private refuse(reason: string): InvalidTokenError {
    this.logger.warn(`refused a token: ${reason}`);
    return new InvalidTokenError(false);
  }
}

function scopeOf({ scope }: AccessTokenClaims): readonly string[] {
  return scope === undefined ? [] : (parseScope(scope) ?? []);
}
