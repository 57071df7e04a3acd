/** The authorization code grant: what a person allowed becomes tokens, once (RFC 6749 section 4.1). */
import { Injectable } from '@nestjs/common';
import { AUTHORIZATION_CODE_GRANT, InvalidGrantError, type TokenResponse } from '@keyward/oauth';
import { AuditTrail } from '../../audit/audit.trail.js';
import {
  AuthorizationCodeStore,
  type AuthorizedGrant,
  type CodeBinding,
} from '../../authorization/authorization-code.store.js';
import { AuthorizationDetailsResolver } from '../../authorization-details/authorization-details.resolver.js';
import { type Client } from '../../client/client.js';
import { type Grant } from '../../grant/grant.js';
import { GrantService } from '../../grant/grant.service.js';
import { type RequestOrigin } from '../../http/request.origin.js';
import { RefreshTokenService } from '../../refresh-token/refresh-token.service.js';
import { GrantTargetResolver } from '../../resource/grant-target.resolver.js';
import { keyBindingOf } from '../../sender-constraint/key.binding.js';
import { TokenGrant } from '../token.grant.js';
import { type TokenRequest } from '../token-request.parser.js';
import { TokenResponseIssuer } from '../token-response.issuer.js';
import { parseAuthorizationCodeRequest } from './authorization-code-request.parser.js';

/** One description for every reason, so that an answer teaches nothing about a code. */
const REFUSAL = 'the authorization code is invalid, expired or used up';

/** Why a grant ended whose code was presented twice. */
const REPLAYED = 'code_replayed';

/**
 * The tokens are signed before the grant is recorded: whatever fails until then gives the code back,
 * and the client may send its request again.
 */
@Injectable()
export class AuthorizationCodeGrant extends TokenGrant {
  readonly grantType = AUTHORIZATION_CODE_GRANT;

  constructor(
    private readonly codes: AuthorizationCodeStore,
    private readonly targets: GrantTargetResolver,
    private readonly grants: GrantService,
    private readonly tokens: TokenResponseIssuer,
    private readonly audit: AuditTrail,
    private readonly refreshTokens: RefreshTokenService,
    private readonly details: AuthorizationDetailsResolver,
  ) {
    super();
  }

  /**
   * @throws InvalidGrantError where the code is not this client's, or not for this redirect_uri,
   *   verifier or DPoP key, which touches nothing; and where it was presented before, which ends the grant
   * @throws InvalidTargetError, InvalidAuthorizationDetailsError for what was not granted, which touches
   *   nothing
   * @throws TemporarilyUnavailableError where a store cannot be reached
   */
  async handle(client: Client, request: TokenRequest): Promise<TokenResponse> {
    const { code, redirectUri, codeChallenge } = parseAuthorizationCodeRequest(request.parameters);
    const { clientId } = client;
    const dpopJkt = request.confirmation?.jkt ?? null;
    const binding: CodeBinding = { clientId, redirectUri, codeChallenge, dpopJkt };
    if (request.resources.length > 0 || request.authorizationDetails !== null) {
      await this.checkWanted(code, binding, request);
    }
    const redemption = await this.codes.redeem(code, binding);
    switch (redemption.outcome) {
      case 'redeemed':
        return this.redeem(client, code, redemption, request);
      case 'replayed':
        return this.endReplayed(redemption.grant, request.origin);
      case 'mismatched':
      case 'absent':
        throw this.refused(request.origin, client.clientId, redemption.outcome);
    }
  }

  /** Before the code is used up: to ask for what was not granted must not cost the client its code. */
  private async checkWanted(
    code: string,
    binding: CodeBinding,
    { resources, authorizationDetails }: TokenRequest,
  ) {
    const authorized = await this.codes.peek(code, binding);
    if (authorized === null) return;
    await this.targets.narrow(authorized.grant, resources);
    this.details.narrow(authorized.grant.authorizationDetails, authorizationDetails);
  }

  private async redeem(
    client: Client,
    code: string,
    { grant, nonce }: AuthorizedGrant,
    { origin, resources, confirmation, authorizationDetails }: TokenRequest,
  ): Promise<TokenResponse> {
    const { response, isRecorded } = await this.recordOrRelease(code, grant, async () =>
      this.tokens.issue(grant, await this.targets.narrow(grant, resources), {
        nonce,
        confirmation,
        authorizationDetails,
      }),
    );
    if (!isRecorded) return this.answerEnded(origin, grant, response);
    try {
      const keyBinding = keyBindingOf(client, confirmation);
      const refreshToken = await this.refreshTokens.issue(client, grant, keyBinding);
      this.noteRedeemed(origin, grant);
      return refreshToken === null ? response : { ...response, refresh_token: refreshToken };
    } catch (error) {
      if (error instanceof InvalidGrantError) return this.answerEnded(origin, grant, response);
      throw error;
    }
  }

  private async recordOrRelease(
    code: string,
    grant: Grant,
    sign: () => Promise<TokenResponse>,
  ): Promise<{ readonly response: TokenResponse; readonly isRecorded: boolean }> {
    try {
      const response = await sign();
      return { response, isRecorded: await this.grants.create(grant) };
    } catch (error) {
      // Where this fails too the code is used up, and the client's next try is refused.
      await this.codes.release(code).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Of parallel redemptions exactly one succeeds, whoever is faster at the record: the first one is
   * answered as if it had been done when the second came. What it gets has ended, and there is no
   * refresh token.
   *
   * @throws InvalidGrantError where something else ended the grant meanwhile, a sign-out above all
   */
  private async answerEnded(
    origin: RequestOrigin,
    grant: Grant,
    response: TokenResponse,
  ): Promise<TokenResponse> {
    const recorded = await this.grants.find(grant.grantId);
    if (recorded?.cause?.reason !== REPLAYED) {
      throw this.refused(origin, grant.clientId, 'its grant was ended meanwhile', grant);
    }
    this.noteRedeemed(origin, grant, 'a replay ended the grant meanwhile');
    return response;
  }

  private noteRedeemed(
    origin: RequestOrigin,
    { accountId, clientId, grantId, sid }: Grant,
    reason?: string,
  ): void {
    const ids = { accountId, clientId, grantId, sid };
    this.audit.record({ origin, type: 'code.redeemed', outcome: 'success', reason, ...ids });
  }

  /**
   * Client, redirect_uri and verifier are right, so the code and its verifier are in two hands.
   * @see RFC 6749 section 4.1.2, RFC 9700 section 4.5
   */
  private async endReplayed(grant: Grant, origin: RequestOrigin): Promise<never> {
    await this.grants.revokeOrForestall(grant, {
      reason: REPLAYED,
      by: `client ${grant.clientId}`,
    });
    throw this.refused(origin, grant.clientId, 'replayed', grant);
  }

  private refused(
    origin: RequestOrigin,
    clientId: string,
    reason: string,
    grant?: Grant,
  ): InvalidGrantError {
    const type = reason === 'replayed' ? 'code.replayed' : 'code.refused';
    const { grantId, accountId, sid } = grant ?? {};
    const ids = { clientId, grantId, accountId, sid };
    this.audit.record({ origin, type, outcome: 'failure', reason, ...ids });
    return new InvalidGrantError(REFUSAL, `client ${clientId}: the code is ${reason}`);
  }
}
