/** The OpenAPI document of the administration API, for whoever has a token for any of it. */
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Authenticated } from '@keyward/auth';
import { ADMINISTRATION_PATH } from '@keyward/oauth';
import { serverConfig, type ServerConfig } from '../../config/server.config.js';
import { Administration } from '../administration.protection.js';
import { administrationDocument } from './administration.document.js';

@Controller(ADMINISTRATION_PATH)
@Administration()
@Authenticated()
export class OpenApiController {
  private made: object | null = null;

  constructor(
    private readonly app: ModuleRef,
    @Inject(serverConfig.KEY) private readonly server: ServerConfig,
  ) {}

  @Get('openapi.json')
  @Header('Cache-Control', 'no-store')
  document(): object {
    return (this.made ??= administrationDocument(this.app, this.server.issuer));
  }
}
