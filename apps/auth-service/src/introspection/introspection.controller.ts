/** The introspection endpoint (RFC 7662 section 2). */
import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { type IntrospectionResponse } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { ClientAuthenticator } from '../client-authentication/client.authenticator.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { IntrospectionHandler } from './introspection.handler.js';
import { parseIntrospectionRequest } from './introspection-request.parser.js';

@Controller(ENDPOINT_PATHS.introspection)
export class IntrospectionController {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly handler: IntrospectionHandler,
  ) {}

  /** Authenticated clients only, against token scanning (RFC 7662 section 4). */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async introspect(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
  ): Promise<IntrospectionResponse> {
    const form = FormParameters.parse(body);
    const client = await this.authenticator.authenticateConfidential(request, form);
    return this.handler.handle(client, parseIntrospectionRequest(form));
  }
}
