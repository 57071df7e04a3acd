/** What is signed in, for an administrator: see it, and end it with every token that came of it. */
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Req,
} from '@nestjs/common';
import { CurrentPrincipal, type Principal, Scopes } from '@keyward/auth';
import { ADMIN_SESSIONS_SCOPE, ADMINISTRATION_PATH } from '@keyward/oauth';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AuditTrail } from '../audit/audit.trail.js';
import { AccountStore } from '../account/account.store.js';
import { GrantStore } from '../grant/grant.store.js';
import { parseJson } from '../http/json.body.js';
import { originOf } from '../http/request.origin.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { SessionRecord } from '../session/session.record.js';
import { Administration, administratorOf } from './administration.protection.js';
import { UUID } from './identifier.js';
import { grantJson, sessionJson } from './sign-in.json.js';

const revocationSchema = z.strictObject({
  reason: z.string().min(1).max(200).default('revoked_by_administrator'),
});

/** Each end bears repetition, and reaches resource servers by the feed. */
@Controller(ADMINISTRATION_PATH)
@Administration()
@Scopes(ADMIN_SESSIONS_SCOPE)
export class SessionsController {
  constructor(
    private readonly accounts: AccountStore,
    private readonly sessions: SessionRecord,
    private readonly grants: GrantStore,
    private readonly revocations: RevocationService,
    private readonly audit: AuditTrail,
  ) {}

  /** Live sessions of an account, and its grants, ended ones included. */
  @Get('accounts/:accountId/sessions')
  @Header('Cache-Control', 'no-store')
  async list(@Param('accountId') accountId: string) {
    await this.demandAccount(accountId);
    const [sessions, grants] = await Promise.all([
      this.sessions.findOfAccount(accountId, new Date()),
      this.grants.findOfAccount(accountId),
    ]);
    return { sessions: sessions.map(sessionJson), grants: grants.map(grantJson) };
  }

  @Post('accounts/:accountId/revoke')
  @HttpCode(204)
  async revokeAccount(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('accountId') accountId: string,
    @Body() body: unknown,
  ): Promise<void> {
    const cause = causeOf(principal, body);
    await this.demandAccount(accountId);
    await this.revocations.revokeSubject(accountId, cause, originOf(request));
  }

  @Post('sessions/:sid/revoke')
  @HttpCode(204)
  async revokeSession(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('sid') sid: string,
    @Body() body: unknown,
  ): Promise<void> {
    const cause = causeOf(principal, body);
    if (!UUID.test(sid) || (await this.sessions.findOwner(sid)) === null)
      throw new NotFoundException();
    await this.revocations.revokeSession(sid, cause, originOf(request));
  }

  @Post('grants/:grantId/revoke')
  @HttpCode(204)
  async revokeGrant(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
    @Param('grantId') grantId: string,
    @Body() body: unknown,
  ): Promise<void> {
    const cause = causeOf(principal, body);
    const grant = UUID.test(grantId) ? await this.grants.find(grantId) : null;
    if (grant === null) throw new NotFoundException();
    await this.revocations.revokeGrant(grantId, cause);
    const { accountId, clientId, sid } = grant;
    this.audit.record({
      origin: originOf(request),
      type: 'grant.revoked',
      outcome: 'success',
      reason: cause.reason,
      ...{ grantId, accountId, clientId, sid },
      detail: { by: cause.by },
    });
  }

  private async demandAccount(accountId: string): Promise<void> {
    const account = UUID.test(accountId) ? await this.accounts.find(accountId) : null;
    if (account === null) throw new NotFoundException();
  }
}

function causeOf(principal: Principal, body: unknown) {
  return { ...parseJson(revocationSchema, body), by: administratorOf(principal) };
}
