/** People for an administrator: find, create, change, disable, enable, erase. */
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
} from '@nestjs/common';
import { CurrentPrincipal, type Principal, Scopes } from '@keyward/auth';
import { ADMIN_USERS_SCOPE, ADMINISTRATION_PATH } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { AccountRegistry, type RegisteredAccount } from '../../account/account.registry.js';
import { FactorService } from '../../factor/factor.service.js';
import { parseJson } from '../../http/json.body.js';
import { UpstreamIdentityStore } from '../../upstream/upstream-identity.store.js';
import { Administration } from '../administration.protection.js';
import { administratorOfRequest, found, parseOptionalJson } from '../administration.request.js';
import { UUID } from '../identifier.js';
import { cursorOf, pageOf, type Page } from '../page.js';
import { NewUsers } from './new.users.js';
import { parseUserQuery } from './user.query.js';
import { detailsJson, invitationJson, userJson } from './user.json.js';
import { UserRegistrar } from './user.registrar.js';
import { newUserSchema, profileOf, reasonSchema, userChangeSchema } from './user.schema.js';

/** An answer is about one person; it goes into no cache. */
@Controller(`${ADMINISTRATION_PATH}/users`)
@Administration()
@Scopes(ADMIN_USERS_SCOPE)
export class UsersController {
  constructor(
    private readonly registry: AccountRegistry,
    private readonly registrar: UserRegistrar,
    private readonly newUsers: NewUsers,
    private readonly factors: FactorService,
    private readonly identities: UpstreamIdentityStore,
  ) {}

  /** In the order of their usernames, disabled and erased ones included. */
  @Get()
  @Header('Cache-Control', 'no-store')
  async list(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const { after, limit } = cursorOf(query);
    const users = await this.registry.list(parseUserQuery(query), after, limit + 1);
    return pageOf(users, limit, ({ account }) => account.username, this.json);
  }

  @Get(':accountId')
  @Header('Cache-Control', 'no-store')
  async find(@Param('accountId') accountId: string) {
    const user = await this.demand(accountId);
    const { accountId: id } = user.account;
    const [own, providers, use] = await Promise.all([
      this.factors.list(id),
      this.identities.findOfAccount(id),
      this.registry.countUse(id, new Date()),
    ]);
    const details = { factors: own.factors, recoveryCodesLeft: own.recoveryCodesLeft };
    return { ...this.json(user), ...detailsJson({ ...details, providers, ...use }) };
  }

  /** With a password, with a link to choose one, or with neither: for who signs in at a provider. */
  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async create(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Body() body: unknown,
  ) {
    const who = administratorOfRequest(request, principal);
    const { user, invitation } = await this.newUsers.create(parseJson(newUserSchema, body), who);
    return { ...this.json(user), ...(invitation !== null && invitationJson(invitation)) };
  }

  /** Members that are left out stay; null takes one away (RFC 7396). */
  @Patch(':accountId')
  @Header('Cache-Control', 'no-store')
  async change(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
    @Body() body: unknown,
  ) {
    const who = administratorOfRequest(request, principal);
    const members = profileOf(parseJson(userChangeSchema, body));
    const { account } = await this.demand(accountId);
    return this.json(found(await this.registrar.change(account.accountId, members, who)));
  }

  /** With every session and grant; resource servers hear of it by the feed. Bears repetition. */
  @Post(':accountId/disable')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async disable(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
    @Body() body: unknown,
  ) {
    const who = administratorOfRequest(request, principal);
    const { reason } = parseOptionalJson(reasonSchema, body);
    const { account } = await this.demand(accountId);
    return this.json(found(await this.registrar.disable(account.accountId, reason, who)));
  }

  @Post(':accountId/enable')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async enable(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
  ) {
    const who = administratorOfRequest(request, principal);
    const { account } = await this.demand(accountId);
    return this.json(found(await this.registrar.enable(account.accountId, who)));
  }

  /** Nothing that a person is known by is left, and nobody is this person again. Bears repetition. */
  @Post(':accountId/erase')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async erase(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
    @Body() body: unknown,
  ) {
    const who = administratorOfRequest(request, principal);
    const { reason } = parseOptionalJson(reasonSchema, body);
    const { account } = await this.demand(accountId);
    return this.json(found(await this.registrar.erase(account.accountId, reason, who)));
  }

  private readonly json = (user: RegisteredAccount) =>
    userJson(user, this.registrar.isDeclared(user.account.accountId));

  private async demand(accountId: string): Promise<RegisteredAccount> {
    return found(UUID.test(accountId) ? await this.registry.find(accountId) : null);
  }
}
