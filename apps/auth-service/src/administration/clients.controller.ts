/** Clients for an administrator: register, read, change, give a new secret, disable. */
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { CurrentPrincipal, type Principal, Scopes } from '@keyward/auth';
import { ADMIN_CLIENTS_SCOPE, ADMINISTRATION_PATH } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ClientRegistry, type RegisteredClient } from '../client/client.registry.js';
import { clientMetadataSchema, metadataOf } from '../client-registration/client-metadata.schema.js';
import {
  ClientRegistrar,
  MAX_OVERLAP_SECONDS,
  type NewCredentials,
} from '../client-registration/client.registrar.js';
import { parseJson } from '../http/json.body.js';
import { originOf } from '../http/request.origin.js';
import { Administration, administratorOf } from './administration.protection.js';
import { entityTagOf, preconditionOf } from './entity.tag.js';
import { cursorOf, pageOf, type Page } from './page.js';

const rotationSchema = z.strictObject({
  overlap_seconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).default(0),
});

/** A secret is in the answer that made it, and never again. */
@Controller(`${ADMINISTRATION_PATH}/clients`)
@Administration()
@Scopes(ADMIN_CLIENTS_SCOPE)
export class ClientsController {
  constructor(
    private readonly registry: ClientRegistry,
    private readonly registrar: ClientRegistrar,
  ) {}

  /** In the order of their ids, disabled ones included. */
  @Get()
  @Header('Cache-Control', 'no-store')
  async list(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const { after, limit } = cursorOf(query);
    const found = await this.registry.list(after, limit + 1);
    return pageOf(found, limit, ({ client }) => client.clientId, toJson);
  }

  @Get(':clientId')
  @Header('Cache-Control', 'no-store')
  async find(@Res({ passthrough: true }) reply: FastifyReply, @Param('clientId') clientId: string) {
    const answer = toJson(present(await this.registry.find(clientId)));
    reply.header('ETag', entityTagOf(answer));
    return answer;
  }

  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async register(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Body() body: unknown,
  ) {
    const metadata = parseJson(clientMetadataSchema, body);
    return withSecret(await this.registrar.register(metadata, whoOf(request, principal)));
  }

  /** Replaces it whole: what is left out is as if it had never been said. */
  @Put(':clientId')
  @Header('Cache-Control', 'no-store')
  async replace(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('clientId') clientId: string,
    @Body() body: unknown,
  ) {
    const metadata = parseJson(clientMetadataSchema, body);
    const who = whoOf(request, principal);
    return withSecret(
      present(await this.registrar.replace(clientId, metadata, who, asRead(request))),
    );
  }

  @Post(':clientId/secret')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async rotateSecret(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('clientId') clientId: string,
    @Body() body: unknown,
  ) {
    const { overlap_seconds: overlap } = parseJson(rotationSchema, body);
    const who = whoOf(request, principal);
    return withSecret(
      present(await this.registrar.rotateSecret(clientId, overlap, who, asRead(request))),
    );
  }

  /** With every token and grant that it has; resource servers hear of it by the feed. */
  @Post(':clientId/disable')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async disable(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('clientId') clientId: string,
  ) {
    const who = whoOf(request, principal);
    return toJson(present(await this.registrar.setDisabled(clientId, true, who, asRead(request))));
  }

  @Post(':clientId/enable')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async enable(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('clientId') clientId: string,
  ) {
    const who = whoOf(request, principal);
    return toJson(present(await this.registrar.setDisabled(clientId, false, who, asRead(request))));
  }
}

function whoOf(request: FastifyRequest, principal: Principal) {
  return { by: administratorOf(principal), origin: originOf(request) };
}

/** Who says what they read changes nothing else: two administrators do not undo each other's work. */
function asRead(request: FastifyRequest) {
  return preconditionOf(request, toJson);
}

function present<Found>(found: Found | null): Found {
  if (found === null) throw new NotFoundException();
  return found;
}

function withSecret(credentials: NewCredentials) {
  const { secret } = credentials;
  return { ...toJson(credentials), ...(secret !== null && { client_secret: secret }) };
}

function toJson({ client, createdAt, updatedAt }: RegisteredClient) {
  return {
    ...metadataOf(client),
    source: client.source,
    previous_secret_until: client.previousSecretUntil?.toISOString(),
    disabled_at: client.disabledAt?.toISOString(),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
