/** The device authorization endpoint (RFC 8628 section 3.1). */
import { Body, Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type DeviceAuthorizationResponse, OAuthError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Client } from '../client/client.js';
import { ClientAuthenticator } from '../client-authentication/client.authenticator.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { originOf } from '../http/request.origin.js';
import { SenderConstraint } from '../sender-constraint/sender-constraint.js';
import {
  DEVICE_CODE_SECONDS,
  DeviceAuthorizations,
  POLL_SECONDS,
} from './device.authorizations.js';
import { DEVICE_PATH, devicePathWith } from './device.paths.js';
import { DeviceRequestChecker } from './device-request.checker.js';
import { formatUserCode } from './user.code.js';

@Controller(ENDPOINT_PATHS.deviceAuthorization)
export class DeviceAuthorizationController {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly senderConstraint: SenderConstraint,
    private readonly checker: DeviceRequestChecker,
    private readonly devices: DeviceAuthorizations,
    private readonly audit: AuditTrail,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  /**
   * The client is authenticated as at the token endpoint, and its request passes every check before
   * anybody is asked to type a code.
   * @see RFC 8628 sections 3.1 and 3.2
   */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async authorize(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
  ): Promise<DeviceAuthorizationResponse> {
    const form = FormParameters.parse(body);
    const client = await this.authenticator.authenticate(request, form);
    const noted = {
      origin: originOf(request),
      type: 'device.requested',
      clientId: client.clientId,
    };
    try {
      const answer = await this.begin(request, client, form);
      this.audit.record({ ...noted, outcome: 'success' });
      return answer;
    } catch (error) {
      if (error instanceof OAuthError) {
        const reason = `${error.code}: ${error.reason}`;
        this.audit.record({ ...noted, outcome: 'failure', reason });
      }
      throw error;
    }
  }

  private async begin(
    request: FastifyRequest,
    client: Client,
    form: FormParameters,
  ): Promise<DeviceAuthorizationResponse> {
    const provenJkt = await this.senderConstraint.provenJkt(request, client);
    const checked = await this.checker.check(client, form, provenJkt);
    const { deviceCode, userCode } = await this.devices.begin(checked, originOf(request).address);
    const { issuer } = this.server;
    return {
      device_code: deviceCode,
      user_code: formatUserCode(userCode),
      verification_uri: `${issuer}${DEVICE_PATH}`,
      verification_uri_complete: `${issuer}${devicePathWith(userCode)}`,
      expires_in: DEVICE_CODE_SECONDS,
      interval: POLL_SECONDS,
    };
  }
}
