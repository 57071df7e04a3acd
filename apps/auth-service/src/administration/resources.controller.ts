/** Resources and their scopes for an administrator: read, register, change. */
import { Body, Controller, Get, Header, Put, Query, Req } from '@nestjs/common';
import { CurrentPrincipal, type Principal, Scopes } from '@keyward/auth';
import { ADMIN_CLIENTS_SCOPE, ADMINISTRATION_PATH } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { type ResourceDocument, resourceSchema } from '../bootstrap/bootstrap.schema.js';
import { resourceDocumentOf } from '../bootstrap/declared.resource.js';
import { parseJson } from '../http/json.body.js';
import { ResourceRegistrar } from '../resource-registration/resource.registrar.js';
import { ResourceRegistry } from '../resource/resource.registry.js';
import { Administration } from './administration.protection.js';
import { administratorOfRequest } from './administration.request.js';
import { cursorOf, pageOf, type Page } from './page.js';

/** What a client may ask for and where it is good belong together: the scope is that of the clients. */
@Controller(`${ADMINISTRATION_PATH}/resources`)
@Administration()
@Scopes(ADMIN_CLIENTS_SCOPE)
export class ResourcesController {
  constructor(
    private readonly registry: ResourceRegistry,
    private readonly registrar: ResourceRegistrar,
  ) {}

  /** In the order of their identifiers. */
  @Get()
  @Header('Cache-Control', 'no-store')
  async list(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const { after, limit } = cursorOf(query);
    const found = await this.registry.list(after, limit + 1);
    return pageOf(
      found,
      limit,
      ({ identifier }) => identifier,
      (resource) => this.json(resourceDocumentOf(resource)),
    );
  }

  /** Makes the resource of this identifier what the body says, whole. Bears repetition. */
  @Put()
  @Header('Cache-Control', 'no-store')
  async put(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Body() body: unknown,
  ) {
    const document = parseJson(resourceSchema, body);
    const who = administratorOfRequest(request, principal);
    return this.json(await this.registrar.put(document, who));
  }

  private json(resource: ResourceDocument) {
    const source = this.registrar.isDeclared(resource.identifier) ? 'file' : 'api';
    return { ...resource, source };
  }
}
