/** The client registration endpoint, and the one at which a client looks after its registration. */
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Req,
  UseFilters,
} from '@nestjs/common';
import {
  BearerExceptionFilter,
  extractAccessToken,
  InvalidRequestError,
  InvalidTokenError,
  MalformedRequestError,
  MissingTokenError,
} from '@keyward/auth';
import { OAuthError } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { registrationConfig, type RegistrationConfig } from '../config/registration.config.js';
import { serverConfig, type ServerConfig } from '../config/server.config.js';
import { ENDPOINT_PATHS } from '../http/endpoint.paths.js';
import { originOf } from '../http/request.origin.js';
import { DynamicRegistrar } from './dynamic.registrar.js';
import { RegistrationOffError } from './registration-off.error.js';
import { RegistrationParser } from './registration.parser.js';
import { describeRegistration } from './registration.response.js';
import { type FoundRegistration } from './registration.store.js';

const CLIENT_ID = /^[\w-]{1,64}$/;

/**
 * Who registers shows an initial access token, who comes back the registration access token; one for
 * the other is worth nothing. Where registration is off there are no such endpoints.
 * @see RFC 7591 section 3, RFC 7592 section 2
 */
@Controller(ENDPOINT_PATHS.registration)
@UseFilters(BearerExceptionFilter)
export class RegistrationController {
  constructor(
    private readonly registrar: DynamicRegistrar,
    private readonly parser: RegistrationParser,
    @Inject(registrationConfig.KEY) private readonly config: RegistrationConfig,
    @Inject(serverConfig.KEY) private readonly server: Pick<ServerConfig, 'issuer'>,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async register(@Req() request: FastifyRequest, @Body() body: unknown) {
    const token = await this.registrar.findToken(this.tokenOf(request));
    if (token === null) throw new InvalidTokenError(false);
    const origin = originOf(request);
    try {
      const result = await this.registrar.register(token, this.parser.parse(body), origin);
      if (result === null) throw new InvalidTokenError(false);
      return describeRegistration(this.server.issuer, result);
    } catch (error) {
      if (error instanceof OAuthError && error.status < 500) {
        this.registrar.refused(token, error, origin);
      }
      throw error;
    }
  }

  @Get(':clientId')
  @Header('Cache-Control', 'no-store')
  async show(@Req() request: FastifyRequest, @Param('clientId') clientId: string) {
    const accessToken = this.tokenOf(request);
    const found = await this.find(clientId, accessToken);
    return describeRegistration(this.server.issuer, { ...found, accessToken, secret: null });
  }

  @Put(':clientId')
  @Header('Cache-Control', 'no-store')
  async replace(
    @Req() request: FastifyRequest,
    @Param('clientId') clientId: string,
    @Body() body: unknown,
  ) {
    const accessToken = this.tokenOf(request);
    const found = await this.find(clientId, accessToken);
    const parsed = this.parser.parse(body);
    const result = await this.registrar.replace(found, accessToken, parsed, originOf(request));
    if (result === null) throw new InvalidTokenError(false);
    return describeRegistration(this.server.issuer, result);
  }

  @Delete(':clientId')
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  async remove(@Req() request: FastifyRequest, @Param('clientId') clientId: string) {
    const found = await this.find(clientId, this.tokenOf(request));
    await this.registrar.remove(found, originOf(request));
  }

  /** Of a client that is not there as of one with another token: nobody finds out which there are. */
  private async find(clientId: string, accessToken: string): Promise<FoundRegistration> {
    const isClientId = CLIENT_ID.test(clientId);
    const found = isClientId ? await this.registrar.find(clientId, accessToken) : null;
    if (found === null) throw new InvalidTokenError(false);
    return found;
  }

  /** @see RFC 7591 section 3, RFC 6750 section 2.1: in the header alone, and as Bearer */
  private tokenOf({ headers, raw, url, query }: FastifyRequest): string {
    if (this.config.dynamic === 'off') throw new RegistrationOffError();
    try {
      const presented = extractAccessToken({ headers, raw, url, query, body: undefined });
      if (presented?.scheme === 'Bearer') return presented.token;
    } catch (error) {
      if (error instanceof MalformedRequestError) throw new InvalidRequestError();
      throw error;
    }
    throw new MissingTokenError();
  }
}
