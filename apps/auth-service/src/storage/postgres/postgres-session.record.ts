/** The record of sessions in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import {
  type RecordedEnd,
  type SessionOverview,
  SessionRecord,
  type SessionStart,
  type StartedSession,
} from '../../session/session.record.js';
import { type Session } from '../../session/session.js';
import { SessionEntity } from './entities/session.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';
import { endSession } from './session-end.statements.js';
import { startSession } from './session-start.transaction.js';

const EXTEND = `
  UPDATE session SET idle_expires_at = GREATEST(idle_expires_at, $2), last_used_at = $3
  WHERE sid = $1 AND ended_at IS NULL AND last_used_at <= $4`;

const PURGE = `
  DELETE FROM session WHERE sid IN (
    SELECT sid FROM session
    WHERE expires_at < $1 AND (ended_at IS NULL OR settled_at IS NOT NULL)
    LIMIT $2
    FOR UPDATE SKIP LOCKED
  )`;

@Injectable()
export class PostgresSessionRecord extends SessionRecord {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  find(cookieSha256: Buffer, now: Date): Promise<Session | null> {
    return onPostgres(async () => {
      const row = await this.database.manager.findOneBy(SessionEntity, {
        cookieSha256,
        ...liveAt(now),
      });
      return row === null ? null : toSession(row);
    });
  }

  start(start: SessionStart): Promise<StartedSession | null> {
    return onPostgres(() =>
      this.database.manager.transaction((manager) => startSession(manager, start)),
    );
  }

  end(sid: string, reason: string, now: Date): Promise<RecordedEnd | null> {
    return onPostgres(() =>
      this.database.manager.transaction((manager) => endSession(manager, sid, reason, now)),
    );
  }

  async extend(sid: string, idleExpiresAt: Date, now: Date, unlessSince: Date): Promise<void> {
    await onPostgres(() =>
      this.database.manager.query(EXTEND, [sid, idleExpiresAt, now, unlessSince]),
    );
  }

  findOwner(sid: string): Promise<string | null> {
    return onPostgres(async () => {
      const row = await this.database.manager.findOne(SessionEntity, {
        select: { sid: true, accountId: true },
        where: { sid },
      });
      return row?.accountId ?? null;
    });
  }

  findOfAccount(accountId: string, now: Date): Promise<readonly SessionOverview[]> {
    return onPostgres(async () => {
      const rows = await this.database.manager.find(SessionEntity, {
        where: { accountId, ...liveAt(now) },
        order: { authenticatedAt: 'DESC' },
      });
      return rows.map(toOverview);
    });
  }

  purge(before: Date, limit: number): Promise<number> {
    return onPostgres(async () => {
      const [, count] = await this.database.manager.query<[unknown, number]>(PURGE, [
        before,
        limit,
      ]);
      return count;
    });
  }
}

function liveAt(now: Date) {
  return { endedAt: IsNull(), idleExpiresAt: MoreThan(now), expiresAt: MoreThan(now) };
}

function toSession(row: SessionEntity): Session {
  const { sid, accountId, authenticatedAt, acr, amr, idleExpiresAt, expiresAt } = row;
  return { sid, accountId, authenticatedAt, acr, amr, idleExpiresAt, expiresAt };
}

function toOverview(row: SessionEntity): SessionOverview {
  const { sid, authenticatedAt, createdAt, lastUsedAt, expiresAt, userAgent, address } = row;
  return { sid, authenticatedAt, createdAt, lastUsedAt, expiresAt, userAgent, address };
}
