/** What people sign in by, for an administrator: another password, a lost phone, too many wrong guesses. */
import { Body, Controller, Delete, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import { CurrentPrincipal, type Principal, Scopes } from '@keyward/auth';
import { ADMIN_USERS_SCOPE, ADMINISTRATION_PATH } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { AccountRegistry, type RegisteredAccount } from '../../account/account.registry.js';
import { Administration } from '../administration.protection.js';
import { administratorOfRequest, found, parseOptionalJson } from '../administration.request.js';
import { UUID } from '../identifier.js';
import { UserCredentials } from './user.credentials.js';
import { invitationJson } from './user.json.js';
import { passwordLinkSchema } from './user.schema.js';

@Controller(`${ADMINISTRATION_PATH}/users/:accountId`)
@Administration()
@Scopes(ADMIN_USERS_SCOPE)
export class UserCredentialsController {
  constructor(
    private readonly registry: AccountRegistry,
    private readonly credentials: UserCredentials,
  ) {}

  /** The present password is worthless at once, and everything that is signed in ends. */
  @Post('require-new-password')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async requireNewPassword(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
    @Body() body: unknown,
  ) {
    const who = administratorOfRequest(request, principal);
    const { password_link: delivery } = parseOptionalJson(passwordLinkSchema, body);
    const user = await this.demand(accountId);
    return invitationJson(await this.credentials.requireNewPassword(user, delivery, who));
  }

  /** Of a phone that is lost, say. With the last factor go recovery codes and remembered devices. */
  @Delete('factors/:factorId')
  @HttpCode(204)
  async removeFactor(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
    @Param('factorId') factorId: string,
  ): Promise<void> {
    const who = administratorOfRequest(request, principal);
    const user = await this.demand(accountId);
    const removed = await this.credentials.removeFactors(user, factorId.toLowerCase(), who);
    found(removed === 0 ? null : removed);
  }

  @Delete('factors')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async removeFactors(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
  ) {
    const who = administratorOfRequest(request, principal);
    const user = await this.demand(accountId);
    return { removed: await this.credentials.removeFactors(user, null, who) };
  }

  /** Wrong passwords and codes are forgotten; whoever guesses begins anew, too. */
  @Post('unlock')
  @HttpCode(204)
  async unlock(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
  ): Promise<void> {
    await this.credentials.unlock(
      await this.demand(accountId),
      administratorOfRequest(request, principal),
    );
  }

  private async demand(accountId: string): Promise<RegisteredAccount> {
    return found(UUID.test(accountId) ? await this.registry.find(accountId) : null);
  }
}
