/** The userinfo endpoint (OpenID Connect Core 1.0 section 5.3). */
import { Body, Controller, Get, Header, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import {
  BearerExceptionFilter,
  extractAccessToken,
  InvalidRequestError,
  MalformedRequestError,
  MissingTokenError,
  type PresentedToken,
} from '@keyward/auth';
import { type FastifyRequest } from 'fastify';
import { permitOrigins } from '../http/cors.permission.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { FormParameters } from '../http/form.parser.js';
import { DPOP_CHALLENGE } from '../sender-constraint/token.sender.js';
import { UserinfoHandler } from './userinfo.handler.js';

/**
 * Takes the token from the Authorization header or from a posted form, never from the query: OpenID
 * Connect promises both to clients, and a body comes into no log and no history.
 * @see OpenID Connect Core 1.0 section 5.3.1, RFC 9700 section 4.3.2
 */
@Controller(ENDPOINT_PATHS.userinfo)
@UseFilters(BearerExceptionFilter)
export class UserinfoController {
  constructor(private readonly handler: UserinfoHandler) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  get(@Req() request: FastifyRequest): Promise<Readonly<Record<string, unknown>>> {
    return this.answer(request, undefined);
  }

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  post(
    @Req() request: FastifyRequest,
    @Body() body: unknown,
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.answer(request, body);
  }

  private async answer(request: FastifyRequest, body: unknown) {
    const { claims, client } = await this.handler.handle(request, tokenOf(request, body));
    permitOrigins(request, client.corsOrigins);
    return claims;
  }
}

/** @see RFC 6750 sections 2.1, 2.2 and 3.1, RFC 9449 section 7.1 */
function tokenOf(request: FastifyRequest, body: unknown): PresentedToken {
  const { headers, raw, url, query } = request;
  // The body is raw here: all that the library has to know of it is whether there is a second token.
  const posted = tokensIn(body);
  try {
    const token =
      extractAccessToken({
        headers,
        raw,
        url,
        query,
        body: posted.length > 0 ? { access_token: '' } : undefined,
      }) ?? postedToken(posted);
    if (token === undefined) throw new MissingTokenError(undefined, DPOP_CHALLENGE);
    if (posted.length > 1 || isInQuery(query)) throw new InvalidRequestError();
    return token;
  } catch (error) {
    if (error instanceof MalformedRequestError) throw new InvalidRequestError();
    throw error;
  }
}

function postedToken([token]: readonly string[]): PresentedToken | undefined {
  return token === undefined ? undefined : { scheme: 'Bearer', token };
}

function tokensIn(body: unknown): readonly string[] {
  return FormParameters.parse(body)
    .all('access_token')
    .filter((token) => token !== '');
}

function isInQuery(query: unknown): boolean {
  return typeof query === 'object' && query !== null && Object.hasOwn(query, 'access_token');
}
