/** Initial access tokens for an administrator: issue, list, end. */
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import { CurrentPrincipal, type Principal, Scopes } from '@keyward/auth';
import {
  ADMIN_CLIENTS_SCOPE,
  ADMINISTRATION_PATH,
  AUTHORIZATION_CODE_GRANT,
  REFRESH_TOKEN_GRANT,
} from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Administration, administratorOf } from '../administration/administration.protection.js';
import { cursorOf, pageOf } from '../administration/page.js';
import { nameSchema } from '../bootstrap/client.schema.js';
import { REFRESH_PROFILES } from '../client/client.js';
import { parseJson } from '../http/json.body.js';
import { originOf } from '../http/request.origin.js';
import { REGISTRABLE_GRANT_TYPES, type RegistrationToken } from './registration.token.js';
import { RegistrationTokens } from './registration.tokens.js';

const MAX_USES = 10_000;
const DAY_SECONDS = 86_400;
const MAX_SECONDS = 365 * DAY_SECONDS;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** What an administrator asks for. */
export const registrationTokenSchema = z.strictObject({
  description: nameSchema,
  scope: z.string().max(4000),
  grant_types: z
    .array(z.enum(REGISTRABLE_GRANT_TYPES))
    .refine((types) => types.includes(AUTHORIZATION_CODE_GRANT), 'must have authorization_code')
    .default([AUTHORIZATION_CODE_GRANT, REFRESH_TOKEN_GRANT]),
  refresh_profile: z.enum(REFRESH_PROFILES).default('native'),
  max_uses: z.int().min(1).max(MAX_USES).default(1),
  expires_in: z.int().min(60).max(MAX_SECONDS).default(DAY_SECONDS),
});

/** A token is in the answer that made it, and never again. */
@Controller(`${ADMINISTRATION_PATH}/registration-tokens`)
@Administration()
@Scopes(ADMIN_CLIENTS_SCOPE)
export class RegistrationTokensController {
  constructor(private readonly tokens: RegistrationTokens) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  async list(@Query() query: Record<string, unknown>) {
    const { after, limit } = cursorOf(query);
    // What is no id of ours stands before all of them.
    const behind = after === null || UUID.test(after) ? after : FIRST_ID;
    const found = await this.tokens.list(behind, limit + 1);
    return pageOf(found, limit, ({ tokenId }) => tokenId, toJson);
  }

  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async issue(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Body() body: unknown,
  ) {
    const asked = parseJson(registrationTokenSchema, body);
    const { issued, token } = await this.tokens.issue(
      {
        description: asked.description,
        scope: asked.scope,
        grantTypes: asked.grant_types,
        refreshProfile: asked.refresh_profile,
        maxUses: asked.max_uses,
        expiresInSeconds: asked.expires_in,
      },
      { by: administratorOf(principal), origin: originOf(request) },
    );
    return { ...toJson(issued), initial_access_token: token };
  }

  /** Nobody registers by it any more; who did is a client still. */
  @Post(':tokenId/revoke')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async revoke(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('tokenId') tokenId: string,
  ) {
    const who = { by: administratorOf(principal), origin: originOf(request) };
    const revoked = UUID.test(tokenId) ? await this.tokens.revoke(tokenId, who) : null;
    if (revoked === null) throw new NotFoundException();
    return toJson(revoked);
  }
}

function toJson(token: RegistrationToken) {
  return {
    token_id: token.tokenId,
    description: token.description,
    scope: token.scopes.join(' '),
    grant_types: token.grantTypes,
    refresh_profile: token.refreshProfile,
    uses_left: token.usesLeft,
    expires_at: token.expiresAt.toISOString(),
    created_by: token.createdBy,
    created_at: token.createdAt.toISOString(),
    revoked_at: token.revokedAt?.toISOString(),
  };
}
