/** The revocation endpoint (RFC 7009 section 2). */
import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { ClientAuthenticator } from '../client-authentication/client.authenticator.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { RevocationHandler } from './revocation.handler.js';
import { parseRevocationRequest } from './revocation-request.parser.js';

@Controller(ENDPOINT_PATHS.revocation)
export class RevocationController {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly handler: RevocationHandler,
  ) {}

  /** 200 with an empty body, also for a token that was none (RFC 7009 section 2.2). */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async revoke(@Req() request: FastifyRequest, @Body() body: unknown): Promise<void> {
    const form = FormParameters.parse(body);
    const client = await this.authenticator.authenticate(request, form);
    await this.handler.handle(client, parseRevocationRequest(form));
  }
}
