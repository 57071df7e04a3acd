/** The audit record for an administrator: a search by pages, and everything that it finds as a file. */
import { Readable } from 'node:stream';
import { Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { Scopes } from '@keyward/auth';
import { ADMIN_AUDIT_SCOPE, ADMINISTRATION_PATH } from '@keyward/oauth';
import { type AuditQuery, AuditRecord } from '../audit/audit.record.js';
import { Administration } from './administration.protection.js';
import { eventJson, parseAuditQuery } from './audit.query.js';

/** One read of the record each. */
const EXPORT_PAGE = 1000;

@Controller(`${ADMINISTRATION_PATH}/audit`)
@Administration()
@Scopes(ADMIN_AUDIT_SCOPE)
export class AuditController {
  constructor(private readonly record: AuditRecord) {}

  /** The newest first. A page's `next` is good while events are added and purged. */
  @Get()
  @Header('Cache-Control', 'no-store')
  async search(@Query() query: Record<string, unknown>) {
    const { events, next } = await this.record.find(parseAuditQuery(query));
    return { items: events.map(eventJson), ...(next !== null && { next }) };
  }

  /**
   * The same search without pages, one event a line (https://jsonlines.org). A failure on the way breaks
   * the connection off, so that nobody takes a part for the whole.
   */
  @Get('export')
  @Header('Cache-Control', 'no-store')
  async export(@Query() query: Record<string, unknown>): Promise<StreamableFile> {
    const wanted: AuditQuery = { ...parseAuditQuery(query), limit: EXPORT_PAGE };
    // The first page before the answer begins: what is wrong with the search has a status still.
    const first = await this.record.find(wanted);
    return new StreamableFile(Readable.from(this.lines(wanted, first)), {
      type: 'application/x-ndjson',
      disposition: 'attachment; filename="audit.ndjson"',
    });
  }

  private async *lines(
    query: AuditQuery,
    first: Awaited<ReturnType<AuditRecord['find']>>,
  ): AsyncGenerator<string> {
    for (let page = first; ; page = await this.record.find({ ...query, cursor: page.next })) {
      yield page.events.map((event) => `${JSON.stringify(eventJson(event))}\n`).join('');
      if (page.next === null) return;
    }
  }
}
