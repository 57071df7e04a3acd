/** The device grant: what a person allowed elsewhere becomes tokens, once (RFC 8628 section 3.4). */
import { Injectable } from '@nestjs/common';
import {
  AccessDeniedError,
  AuthorizationPendingError,
  DEVICE_CODE_GRANT,
  ExpiredTokenError,
  InvalidGrantError,
  SlowDownError,
  type TokenResponse,
} from '@keyward/oauth';
import { AuditTrail } from '../../audit/audit.trail.js';
import { type Client } from '../../client/client.js';
import {
  type DeviceAnswer,
  DeviceAuthorizations,
} from '../../device-authorization/device.authorizations.js';
import { type Grant } from '../../grant/grant.js';
import { GrantService } from '../../grant/grant.service.js';
import { RefreshTokenService } from '../../refresh-token/refresh-token.service.js';
import { GrantTargetResolver } from '../../resource/grant-target.resolver.js';
import { keyBindingOf } from '../../sender-constraint/key.binding.js';
import { TokenGrant } from '../token.grant.js';
import { type TokenRequest } from '../token-request.parser.js';
import { TokenResponseIssuer } from '../token-response.issuer.js';

/** One description for every reason, so that an answer teaches nothing about a code. */
const REFUSAL = 'the device code is invalid or used up';

/**
 * Whatever fails gives the claim back, and the next poll is as good: exactly one of all claims records the
 * grant, in PostgreSQL. A poll after that ends nothing: to ask again is what a device
 * does all the time, and one whose answer was lost is no thief (RFC 8628 section 3.5).
 */
@Injectable()
export class DeviceCodeGrant extends TokenGrant {
  readonly grantType = DEVICE_CODE_GRANT;

  constructor(
    private readonly devices: DeviceAuthorizations,
    private readonly targets: GrantTargetResolver,
    private readonly grants: GrantService,
    private readonly tokens: TokenResponseIssuer,
    private readonly refreshTokens: RefreshTokenService,
    private readonly audit: AuditTrail,
  ) {
    super();
  }

  /**
   * @throws AuthorizationPendingError, SlowDownError while nobody has decided
   * @throws AccessDeniedError, ExpiredTokenError where nobody will
   * @throws InvalidGrantError where the code is unknown, another client's or key's, which touches nothing,
   *   or was redeemed before
   * @throws InvalidTargetError, InvalidAuthorizationDetailsError for what was not granted, which uses
   *   nothing up
   * @throws TemporarilyUnavailableError where a store cannot be reached; nothing is lost then
   * @see RFC 8628 section 3.5
   */
  async handle(client: Client, request: TokenRequest): Promise<TokenResponse> {
    const deviceCode = request.parameters.required('device_code');
    const { clientId } = client;
    const dpopJkt = request.confirmation?.jkt ?? null;
    const answer = await this.devices.poll(deviceCode, { clientId, dpopJkt });
    if (answer.outcome === 'claimed') return this.redeem(client, deviceCode, answer, request);
    throw this.refused(answer, client, request);
  }

  private async redeem(
    client: Client,
    deviceCode: string,
    { grant, isRecorded }: { readonly grant: Grant; readonly isRecorded: boolean },
    request: TokenRequest,
  ): Promise<TokenResponse> {
    const { resources, confirmation, authorizationDetails } = request;
    const keyBinding = keyBindingOf(client, confirmation);
    let recorded = isRecorded;
    try {
      const target = await this.targets.narrow(grant, resources);
      const context = { nonce: null, confirmation, authorizationDetails };
      const response = await this.tokens.issue(grant, target, context);
      recorded ||= await this.grants.create(grant);
      if (!recorded)
        throw this.invalid('of a grant that was ended meanwhile', client, request, grant);
      const refreshToken = await this.refreshTokens.issue(client, grant, keyBinding);
      // Where this fails, the record has the grant: whoever claims it next is refused there.
      await this.devices.complete(deviceCode).catch(() => undefined);
      this.record('device.redeemed', null, request, grant);
      return refreshToken === null ? response : { ...response, refresh_token: refreshToken };
    } catch (error) {
      const isOver = error instanceof InvalidGrantError;
      const end = isOver
        ? this.devices.complete(deviceCode)
        : this.devices.release(deviceCode, recorded);
      // Where this fails too the claim ends by itself.
      await end.catch(() => undefined);
      throw error;
    }
  }

  private refused(answer: DeviceAnswer, client: Client, request: TokenRequest): Error {
    switch (answer.outcome) {
      case 'pending':
        return new AuthorizationPendingError('nobody has decided yet');
      case 'too_soon':
        return new SlowDownError('nobody has decided yet: wait five seconds longer from now on');
      case 'denied':
        return new AccessDeniedError('the person did not allow it');
      case 'expired':
        return new ExpiredTokenError('nobody decided in time: ask for new codes');
      case 'claimed':
      case 'replayed':
        return this.invalid('replayed', client, request, answer.grant);
      case 'mismatched':
      case 'absent':
        return this.invalid(answer.outcome, client, request);
    }
  }

  private invalid(
    reason: string,
    { clientId }: Client,
    request: TokenRequest,
    grant?: Grant,
  ): InvalidGrantError {
    this.record('device.refused', reason, request, grant ?? { clientId });
    return new InvalidGrantError(REFUSAL, `client ${clientId}: the device code is ${reason}`);
  }

  private record(
    type: string,
    reason: string | null,
    { origin }: TokenRequest,
    { accountId, clientId, grantId, sid }: Pick<Grant, 'clientId'> & Partial<Grant>,
  ): void {
    this.audit.record({
      ...{ origin, type, accountId, clientId, grantId, sid },
      ...(reason === null ? { outcome: 'success' } : { outcome: 'failure', reason }),
    });
  }
}
