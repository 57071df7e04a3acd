/** The pushed authorization request endpoint (RFC 9126). */
import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { OAuthError, type PushedAuthorizationResponse } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit.trail.js';
import { type Client } from '../client/client.js';
import { ClientAuthenticator } from '../client-authentication/client.authenticator.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { originOf } from '../http/request.origin.js';
import { SenderConstraint } from '../sender-constraint/sender-constraint.js';
import { AuthorizationRequestChecker } from './authorization-request.checker.js';
import { PUSHED_REQUEST_SECONDS, PushedRequestStore } from './pushed-request.store.js';

@Controller(ENDPOINT_PATHS.pushedAuthorization)
export class PushedRequestController {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly senderConstraint: SenderConstraint,
    private readonly checker: AuthorizationRequestChecker,
    private readonly pushedRequests: PushedRequestStore,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * The client is authenticated as at the token endpoint, and the request passes every check before
   * the person's browser ever sees it.
   * @see RFC 9126 sections 2.1 and 2.2
   */
  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async push(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
  ): Promise<PushedAuthorizationResponse> {
    const form = FormParameters.parse(body);
    const client = await this.authenticator.authenticate(request, form);
    const noted = {
      origin: originOf(request),
      type: 'authorization.pushed',
      clientId: client.clientId,
    };
    try {
      const provenJkt = await this.senderConstraint.provenJkt(request, client);
      const requestUri = await this.checkAndKeep(client, form, provenJkt);
      this.audit.record({ ...noted, outcome: 'success' });
      return { request_uri: requestUri, expires_in: PUSHED_REQUEST_SECONDS };
    } catch (error) {
      if (error instanceof OAuthError) {
        const reason = `${error.code}: ${error.reason}`;
        this.audit.record({ ...noted, outcome: 'failure', reason });
      }
      throw error;
    }
  }

  private async checkAndKeep(client: Client, form: FormParameters, provenJkt: string | null) {
    const recipient = this.checker.recipientOf(client, form);
    return this.pushedRequests.push(await this.checker.check(recipient, form, true, provenJkt));
  }
}
