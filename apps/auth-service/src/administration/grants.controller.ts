/** Sessions and grants for an administrator: by pages, and what became of one. */
import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { Scopes } from '@keyward/auth';
import {
  ADMIN_AUDIT_SCOPE,
  ADMIN_SESSIONS_SCOPE,
  ADMINISTRATION_PATH,
  InvalidRequestError,
} from '@keyward/oauth';
import { GrantHistory } from '../grant/grant.history.js';
import { GrantRegistry } from '../grant/grant.registry.js';
import { SessionRegistry } from '../session/session.registry.js';
import { Administration } from './administration.protection.js';
import { found, textsOf } from './administration.request.js';
import { eventJson } from './audit.query.js';
import { UUID } from './identifier.js';
import { cursorOf, pageOf, type Page } from './page.js';
import { grantJson, sessionJson } from './sign-in.json.js';

const GRANT_STATUSES = ['in_force', 'all'] as const;

@Controller(ADMINISTRATION_PATH)
@Administration()
export class GrantsController {
  constructor(
    private readonly sessions: SessionRegistry,
    private readonly grants: GrantRegistry,
    private readonly history: GrantHistory,
  ) {}

  /** The live ones of an account, the latest first. */
  @Get('sessions')
  @Scopes(ADMIN_SESSIONS_SCOPE)
  @Header('Cache-Control', 'no-store')
  async listSessions(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const { account_id: account } = textsOf(query, ['account_id', 'after', 'limit']);
    const { after, limit } = cursorOf(query);
    const accountId = demandAccountId(account);
    const found = await this.sessions.list(accountId, new Date(), after, limit + 1);
    return pageOf(found, limit, ({ position }) => position, toSession);
  }

  /** Of an account, a client or one at the other, the latest first; those that ended if `status` is `all`. */
  @Get('grants')
  @Scopes(ADMIN_SESSIONS_SCOPE)
  @Header('Cache-Control', 'no-store')
  async listGrants(@Query() query: Record<string, unknown>): Promise<Page<object>> {
    const names = ['account_id', 'client_id', 'status', 'after', 'limit'] as const;
    const { account_id: account, client_id: clientId, status = 'in_force' } = textsOf(query, names);
    const { after, limit } = cursorOf(query);
    if (account === undefined && clientId === undefined) {
      throw new InvalidRequestError('account_id or client_id is missing');
    }
    if (!GRANT_STATUSES.some((known) => known === status)) {
      throw new InvalidRequestError(`status must be one of ${GRANT_STATUSES.join(', ')}`);
    }
    const wanted = {
      ...(account !== undefined && { accountId: demandAccountId(account) }),
      ...(clientId !== undefined && { clientId }),
      ...(status === 'in_force' && { inForceAt: new Date() }),
    };
    const found = await this.grants.list(wanted, after, limit + 1);
    return pageOf(found, limit, ({ position }) => position, toGrant);
  }

  /**
   * Why somebody was logged out, by the reference that their client was given or by the id of the grant.
   * Answers 404 where nothing is recorded under it any more, or yet: events are written within a second.
   */
  @Get('grants/:reference/history')
  @Scopes(ADMIN_AUDIT_SCOPE)
  @Header('Cache-Control', 'no-store')
  async explain(@Param('reference') reference: string) {
    const explained = found(UUID.test(reference) ? await this.history.explain(reference) : null);
    const { event, grant, events } = explained;
    return {
      event: event === null ? null : eventJson(event),
      grant: grant === null ? null : { ...grantJson(grant), account_id: grant.accountId },
      events: events.map(eventJson),
    };
  }
}

function demandAccountId(text: string | undefined): string {
  if (text !== undefined && UUID.test(text)) return text;
  throw new InvalidRequestError('account_id must be a UUID');
}

function toSession({ session }: Awaited<ReturnType<SessionRegistry['list']>>[number]) {
  return sessionJson(session);
}

function toGrant({ grant }: Awaited<ReturnType<GrantRegistry['list']>>[number]) {
  return { ...grantJson(grant), account_id: grant.accountId };
}
