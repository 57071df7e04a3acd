/** Audit events in PostgreSQL. */
import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { InvalidRequestError } from '@keyward/oauth';
import {
  type AuditPage,
  type AuditQuery,
  AuditRecord,
  type RecordedAuditEvent,
} from '../../audit/audit.record.js';
import { AuditEventEntity } from './entities/audit-event.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** Members of a query that an event must have as they are. */
const EQUAL = ['reference', 'accountId', 'clientId', 'grantId', 'sid', 'type'] as const;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const CURSOR = /^(\d{1,15})_([\da-f-]{36})$/;

@Injectable()
export class PostgresAuditRecord extends AuditRecord {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async append(events: readonly RecordedAuditEvent[]): Promise<void> {
    if (events.length === 0) return;
    await onPostgres(() =>
      this.database.manager
        .createQueryBuilder()
        .insert()
        .into(AuditEventEntity)
        .values(events.map(toRow))
        .orIgnore()
        .execute(),
    );
  }

  async find({ types, since, until, cursor, limit = DEFAULT_LIMIT, ...equal }: AuditQuery) {
    const after = cursor === undefined ? null : parseCursor(cursor);
    for (const id of [equal.reference, equal.accountId, equal.grantId, equal.sid]) {
      if (id !== undefined && !UUID.test(id)) throw new InvalidRequestError('an id is malformed');
    }
    const count = Math.min(Math.max(Math.trunc(limit), 1), MAX_LIMIT);
    const rows = await onPostgres(() => {
      const select = this.database.manager.createQueryBuilder(AuditEventEntity, 'event');
      for (const name of EQUAL) {
        if (equal[name] !== undefined) {
          select.andWhere(`event.${name} = :${name}`, { [name]: equal[name] });
        }
      }
      if (types !== undefined) select.andWhere('event.type = ANY(:types)', { types });
      if (since !== undefined) select.andWhere('event.occurredAt >= :since', { since });
      if (until !== undefined) select.andWhere('event.occurredAt < :until', { until });
      // By time and reference, which no two events share: pages neither overlap nor leave a gap.
      if (after !== null) {
        select.andWhere('(event.occurredAt, event.reference) < (:afterTime, :afterReference)', {
          afterTime: after.occurredAt,
          afterReference: after.reference,
        });
      }
      return select
        .orderBy('event.occurredAt', 'DESC')
        .addOrderBy('event.reference', 'DESC')
        .limit(count + 1)
        .getMany();
    });
    return toPage(rows, count);
  }

  purge(time: Date, limit: number): Promise<number> {
    return onPostgres(async () => {
      // Replicas that purge at the same time take different rows.
      const [, purged] = await this.database.manager.query<[unknown, number]>(
        `DELETE FROM audit_event WHERE reference IN (
           SELECT reference FROM audit_event WHERE occurred_at < $1
           ORDER BY occurred_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
        [time, limit],
      );
      return purged;
    });
  }
}

function toRow(event: RecordedAuditEvent): AuditEventEntity {
  const { address } = event;
  return {
    reference: event.reference,
    occurredAt: event.occurredAt,
    type: event.type,
    outcome: event.outcome,
    reason: event.reason ?? null,
    accountId: event.accountId ?? null,
    clientId: event.clientId ?? null,
    grantId: event.grantId ?? null,
    sid: event.sid ?? null,
    address: address !== undefined && isIP(address) !== 0 ? address : null,
    correlationId: event.correlationId ?? null,
    detail: event.detail ?? null,
  };
}

function toPage(rows: readonly AuditEventEntity[], count: number): AuditPage {
  const events = rows.slice(0, count).map(toEvent);
  const last = events.at(-1);
  const next =
    rows.length > count && last !== undefined
      ? `${last.occurredAt.getTime()}_${last.reference}`
      : null;
  return { events, next };
}

// Absent members are left out, as they were when the event was recorded.
function toEvent(row: AuditEventEntity): RecordedAuditEvent {
  const present = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(present) as unknown as RecordedAuditEvent;
}

function parseCursor(cursor: string): { occurredAt: Date; reference: string } {
  const [, time, reference = ''] = CURSOR.exec(cursor) ?? [];
  if (time === undefined || !UUID.test(reference)) {
    throw new InvalidRequestError('the cursor is malformed');
  }
  return { occurredAt: new Date(Number(time)), reference };
}
