/** The token endpoint (RFC 6749 section 3.2). */
import { Body, Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import {
  type TokenResponse,
  UnauthorizedClientError,
  UnsupportedGrantTypeError,
} from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { ClientAuthenticator } from '../client-authentication/client.authenticator.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { originOf } from '../http/request.origin.js';
import { SenderConstraint } from '../sender-constraint/sender-constraint.js';
import { TOKEN_GRANTS, type TokenGrant } from './token.grant.js';
import { parseTokenRequest } from './token-request.parser.js';

@Controller(ENDPOINT_PATHS.token)
export class TokenController {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly senderConstraint: SenderConstraint,
    @Inject(TOKEN_GRANTS) private readonly grants: readonly TokenGrant[],
  ) {}

  /** The client is authenticated first: no one else learns what the server supports. */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async token(@Req() request: FastifyRequest, @Body() body: unknown): Promise<TokenResponse> {
    const form = FormParameters.parse(body);
    const client = await this.authenticator.authenticate(request, form);
    const tokenRequest = parseTokenRequest(form, originOf(request));
    const grant = this.grants.find(({ grantType }) => grantType === tokenRequest.grantType);
    if (grant === undefined) {
      throw new UnsupportedGrantTypeError('this grant type is not supported');
    }
    if (!client.grantTypes.includes(grant.grantType)) {
      throw new UnauthorizedClientError(
        'the client is not registered for this grant type',
        `client ${client.clientId} is not registered for ${grant.grantType}`,
      );
    }
    const confirmed = this.senderConstraint.confirm(request, client);
    if (confirmed === null) return grant.handle(client, tokenRequest);
    return grant.handle(client, { ...tokenRequest, confirmation: await confirmed });
  }
}
