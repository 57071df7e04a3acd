/** The introspection endpoint (RFC 7662 section 2). */
import { Body, Controller, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { INTROSPECTION_TYP, type IntrospectionResponse } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ClientAuthenticator } from '../client-authentication/client.authenticator.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { IntrospectionHandler } from './introspection.handler.js';
import { IntrospectionSigner } from './introspection.signer.js';
import { parseIntrospectionRequest } from './introspection-request.parser.js';

/** Where it is accepted, the response is signed (RFC 9701 section 4). */
const SIGNED = `application/${INTROSPECTION_TYP}`;

@Controller(ENDPOINT_PATHS.introspection)
export class IntrospectionController {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly handler: IntrospectionHandler,
    private readonly signer: IntrospectionSigner,
  ) {}

  /** Authenticated clients only, against token scanning (RFC 7662 section 4). */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Header('Pragma', 'no-cache')
  async introspect(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntrospectionResponse | string> {
    const form = FormParameters.parse(body);
    const client = await this.authenticator.authenticateConfidential(request, form);
    const response = await this.handler.handle(client, parseIntrospectionRequest(form));
    if (!accepts(request.headers.accept, SIGNED)) return response;
    void reply.type(SIGNED);
    return this.signer.sign(response, client);
  }
}

/** Whether a header names the media type itself, and not with a weight of 0 (RFC 9110 section 12.5.1). */
function accepts(header: string | undefined, mediaType: string): boolean {
  return (header ?? '').split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === mediaType && !parameters.some((each) => /^q=0(\.0*)?$/.test(each));
  });
}
