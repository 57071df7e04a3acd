/** The page on which people see what happened to their account. */
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditRecord, type RecordedAuditEvent } from '../audit/audit.record.js';
import { ClientStore } from '../client/client.store.js';
import { OWN_PAGES } from '../interaction/own-pages.client.js';
import { AccountAccess } from './account.access.js';
import { AccountPages } from './account.pages.js';
import { ACCOUNT_PATHS } from './account.paths.js';
import { ACTIVITY_TYPES, activityKindOf, isSuspicious } from './activity.entries.js';
import { timesFor } from './local.time.js';

const PATH = ACCOUNT_PATHS.activity;
const ENTRIES_A_PAGE = 25;

@Controller(PATH)
export class ActivityController {
  constructor(
    private readonly access: AccountAccess,
    private readonly pages: AccountPages,
    private readonly record: AuditRecord,
    private readonly clients: ClientStore,
  ) {}

  /** @throws InvalidRequestError for a cursor that no page of ours made */
  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('cursor') cursor?: unknown,
  ): Promise<void> {
    const visitor = await this.access.enter({ request, reply }, PATH);
    if (visitor === null) return;
    if (cursor !== undefined && typeof cursor !== 'string') {
      throw new InvalidRequestError('the cursor is malformed');
    }
    const page = await this.record.find({
      accountId: visitor.account.accountId,
      types: ACTIVITY_TYPES,
      limit: ENTRIES_A_PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    const names = await this.namesOf(page.events);
    const timeOf = timesFor(visitor.account);
    const entries = page.events.flatMap((event) => {
      const kind = activityKindOf(event);
      if (kind === null) return [];
      return {
        kind,
        suspicious: isSuspicious(kind),
        time: timeOf(event.occurredAt),
        address: event.address ?? null,
        application: names.get(event.clientId ?? '') ?? null,
      };
    });
    const next = page.next === null ? null : `${PATH}?cursor=${encodeURIComponent(page.next)}`;
    this.pages.show(visitor, {
      template: 'account-activity',
      section: 'activity',
      model: { entries, next, isFirst: cursor === undefined, first: PATH },
    });
  }

  /** Of the applications that had to do with it; these pages are none. */
  private async namesOf(
    events: readonly RecordedAuditEvent[],
  ): Promise<ReadonlyMap<string, string>> {
    const ids = new Set(events.map(({ clientId }) => clientId ?? OWN_PAGES.clientId));
    ids.delete(OWN_PAGES.clientId);
    const clients = await Promise.all([...ids].map((clientId) => this.clients.find(clientId)));
    return new Map(clients.flatMap((client) => (client ? [[client.clientId, client.name]] : [])));
  }
}
