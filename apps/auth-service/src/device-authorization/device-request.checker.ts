/** Checks what a device asks for, by the very checks of an authorization request. */
import { Injectable } from '@nestjs/common';
import { DEVICE_CODE_GRANT, UnauthorizedClientError } from '@keyward/oauth';
import { parseAuthorizationParameters } from '../authorization/authorization-parameters.parser.js';
import { checkAcrValues } from '../authorization/checks/acr-values.check.js';
import { checkDpopJkt } from '../authorization/checks/dpop-jkt.check.js';
import { checkMaxAge } from '../authorization/checks/max-age.check.js';
import { checkTarget } from '../authorization/checks/target.check.js';
import { AuthorizationDetailsResolver } from '../authorization-details/authorization-details.resolver.js';
import { type Client } from '../client/client.js';
import { type FormParameters } from '../http/form.parser.js';
import { GrantTargetResolver } from '../resource/grant-target.resolver.js';
import { type CheckedDeviceRequest } from './device.request.js';

@Injectable()
export class DeviceRequestChecker {
  constructor(
    private readonly targets: GrantTargetResolver,
    private readonly details: AuthorizationDetailsResolver,
  ) {}

  /**
   * `acr_values` and `max_age` are taken too, so that a device can answer a demand for a step-up.
   *
   * @param client authenticated
   * @param provenJkt thumbprint of the key that the request proved; the code is bound to it
   * @throws UnauthorizedClientError where it is not registered for the device grant
   * @throws OAuthError of the first check that refuses
   * @throws TemporarilyUnavailableError where it cannot be decided
   * @see RFC 8628 section 3.1, RFC 8707 section 2, RFC 9396 section 2, RFC 9470 section 4
   */
  async check(
    client: Client,
    form: FormParameters,
    provenJkt: string | null,
  ): Promise<CheckedDeviceRequest> {
    if (!client.grantTypes.includes(DEVICE_CODE_GRANT)) {
      throw new UnauthorizedClientError('the client is not registered for the device grant');
    }
    const parameters = parseAuthorizationParameters(form);
    const subject = { parameters, client, redirectUri: '', pushed: true, provenJkt };
    return {
      clientId: client.clientId,
      ...(await checkTarget(subject, { targets: this.targets, details: this.details })),
      ...checkMaxAge(subject),
      ...checkAcrValues(subject),
      ...checkDpopJkt(subject),
    };
  }
}
