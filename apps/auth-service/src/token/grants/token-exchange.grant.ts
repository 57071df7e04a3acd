/** Token exchange: a resource server calls the next one on behalf of its caller (RFC 8693). */
import { Injectable } from '@nestjs/common';
import {
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  formatScope,
  InvalidRequestError,
  OAuthError,
  parseScope,
  TemporarilyUnavailableError,
  TOKEN_EXCHANGE_GRANT,
  type TokenResponse,
  UnauthorizedClientError,
} from '@keyward/oauth';
import { AuditTrail } from '../../audit/audit.trail.js';
import { type Client, type ExchangePolicy } from '../../client/client.js';
import { GrantService } from '../../grant/grant.service.js';
import { type RequestOrigin } from '../../http/request.origin.js';
import { AccessTokenIssuer, tokenTypeOf } from '../../issuance/access-token.issuer.js';
import { DerivedTargetResolver } from '../../resource/derived-target.resolver.js';
import { TokenGrant } from '../token.grant.js';
import { type TokenRequest } from '../token-request.parser.js';
import { actingFor } from './acting.party.js';
import { ExchangedTokens, type SubjectToken } from './exchanged.tokens.js';
import { parseTokenExchangeRequest } from './token-exchange-request.parser.js';

/**
 * The new token is the subject's, narrower in every respect: one resource, a part of the scope, no
 * later end, no refresh token. It names the subject's grant and ends with it.
 *
 * Who acts is named in it (delegation). Only a client whose policy allows impersonation is left out,
 * and only where it sends no actor token; those who acted before it stay named.
 */
@Injectable()
export class TokenExchangeGrant extends TokenGrant {
  readonly grantType = TOKEN_EXCHANGE_GRANT;

  constructor(
    private readonly tokens: ExchangedTokens,
    private readonly targets: DerivedTargetResolver,
    private readonly grants: GrantService,
    private readonly issuer: AccessTokenIssuer,
    private readonly audit: AuditTrail,
  ) {
    super();
  }

  async handle(client: Client, request: TokenRequest): Promise<TokenResponse> {
    try {
      return await this.exchange(client, request);
    } catch (error) {
      // What could not be decided is no decision.
      if (error instanceof OAuthError && !(error instanceof TemporarilyUnavailableError)) {
        const { clientId } = client;
        const { reason } = error;
        const { origin } = request;
        const type = 'token.exchange_refused';
        this.audit.record({ origin, type, outcome: 'failure', clientId, reason });
      }
      throw error;
    }
  }

  private async exchange(client: Client, request: TokenRequest): Promise<TokenResponse> {
    const { confirmation } = request;
    const policy = policyOf(client);
    const { subjectToken, actorToken, resources } = parseTokenExchangeRequest(request);
    const subject = await this.tokens.subject(client, subjectToken, confirmation);
    if (actorToken !== null) await this.tokens.checkActor(client, actorToken, confirmation);
    const isImpersonation = actorToken === null && policy.impersonation;
    const actor = isImpersonation
      ? subject.claims.act
      : actingFor(client.clientId, subject.claims.act);

    const { scope, audience } = await this.targets.resolve(
      { scope: request.scope, resources },
      {
        scopes: [scopeOf(subject.claims), client.scopes],
        resources: [policy.resources],
      },
    );
    await this.recordAudience(subject, audience);
    const { accessToken, expiresInSeconds } = await this.issuer.issue({
      subject: subject.claims.sub,
      clientId: client.clientId,
      scope,
      audience,
      grant: subject.grant,
      confirmation,
      ...(actor && { actor }),
      notAfter: subject.claims.exp,
    });
    // The key may have been waited for.
    if (expiresInSeconds <= 0) throw new InvalidRequestError('the subject token has expired');
    this.recordExchange(request.origin, client, subject, audience, isImpersonation);
    return {
      access_token: accessToken,
      issued_token_type: ACCESS_TOKEN_TYPE,
      token_type: tokenTypeOf(confirmation),
      expires_in: expiresInSeconds,
      scope: formatScope(scope),
    };
  }

  /** Before the token is made: the resource hears of the grant's end only where the record names it. */
  private async recordAudience(
    { grant }: SubjectToken,
    audience: readonly string[],
  ): Promise<void> {
    for (const resource of audience) {
      if (await this.grants.recordAudience(grant.grantId, resource)) continue;
      throw new InvalidRequestError('the subject token is not acceptable', 'its grant has ended');
    }
  }

  private recordExchange(
    origin: RequestOrigin,
    { clientId }: Client,
    { claims, grant }: SubjectToken,
    audience: readonly string[],
    isImpersonation: boolean,
  ): void {
    this.audit.record({
      origin,
      type: 'token.exchanged',
      outcome: 'success',
      accountId: claims.sub,
      clientId,
      grantId: grant.grantId,
      detail: {
        mode: isImpersonation ? 'impersonation' : 'delegation',
        actor: clientId,
        resource: audience.join(' '),
        subject_jti: claims.jti,
        subject_client: claims.client_id,
      },
    });
  }
}

/** @throws UnauthorizedClientError */
function policyOf({ clientId, exchange }: Client): ExchangePolicy {
  if (exchange !== null) return exchange;
  throw new UnauthorizedClientError(
    'the client may not exchange tokens',
    `client ${clientId} has no policy for exchange`,
  );
}

function scopeOf({ scope }: AccessTokenClaims): readonly string[] {
  return parseScope(scope ?? '') ?? [];
}
