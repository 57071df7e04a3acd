/** The end session endpoint (RP-Initiated Logout 1.0 section 2). */
import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { LOGOUT_PARAMETERS, LogoutRequestParser } from './logout-request.parser.js';
import { LogoutHandler } from './logout.handler.js';

// Browsers, proxies and servers in between are sure to take as much; many take no more.
const MAX_LOCATION_LENGTH = 8000;

@Controller(ENDPOINT_PATHS.endSession)
export class LogoutController {
  constructor(
    private readonly parser: LogoutRequestParser,
    private readonly handler: LogoutHandler,
  ) {}

  @Get()
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = request.url.split('?').slice(1).join('?');
    await this.handler.handle(await this.parser.parse(FormParameters.parse(query)), request, reply);
  }

  /**
   * A form that another site posts brings no cookie of this one (SameSite=Lax): the browser is sent
   * to ask again by GET.
   */
  @Post()
  askByForm(@Body() body: unknown, @Res() reply: FastifyReply): void {
    const form = FormParameters.parse(body);
    const parameters = LOGOUT_PARAMETERS.flatMap((name): [string, string][] => {
      const value = form.single(name);
      return value === null ? [] : [[name, value]];
    });
    const query = new URLSearchParams(parameters).toString();
    const location = `${ENDPOINT_PATHS.endSession}${query === '' ? '' : `?${query}`}`;
    if (location.length > MAX_LOCATION_LENGTH) {
      throw new InvalidRequestError('the request is too long');
    }
    void reply
      .status(303)
      .header('location', location)
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .send();
  }

  /** From the confirmation page alone. */
  @Post('confirm')
  async confirm(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const form = FormParameters.parse(body);
    const token = form.single('form_token');
    await this.handler.confirm(await this.parser.parse(form), token, request, reply);
  }
}
