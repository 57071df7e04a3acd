/** What the end of sessions still has to bring about, in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { SessionOutbox } from '../../session/session.outbox.js';
import { type EndedSession } from '../../session/session.js';
import { SessionEntity } from './entities/session.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresSessionOutbox extends SessionOutbox {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  findStaleCopies(limit: number): Promise<readonly Buffer[]> {
    return onPostgres(async () => {
      const rows = await this.database.manager.query<{ cookie_sha256: Buffer }[]>(
        'SELECT cookie_sha256 FROM stale_session_copy ORDER BY created_at LIMIT $1',
        [limit],
      );
      return rows.map((row) => row.cookie_sha256);
    });
  }

  async forgetStaleCopies(cookieSha256s: readonly Buffer[]): Promise<void> {
    await onPostgres(() =>
      this.database.manager.query(
        'DELETE FROM stale_session_copy WHERE cookie_sha256 = ANY($1::bytea[])',
        [cookieSha256s],
      ),
    );
  }

  findUnsettled(limit: number): Promise<readonly EndedSession[]> {
    return onPostgres(async () => {
      const rows = await this.database.manager.find(SessionEntity, {
        where: { endedAt: Not(IsNull()), settledAt: IsNull() },
        order: { endedAt: 'ASC' },
        take: limit,
      });
      return rows.map(({ sid, accountId, endReason }) => ({
        sid,
        accountId,
        reason: endReason ?? '',
      }));
    });
  }

  async settle(sid: string): Promise<void> {
    await onPostgres(() =>
      this.database.manager.update(
        SessionEntity,
        { sid, endedAt: Not(IsNull()), settledAt: IsNull() },
        { settledAt: new Date() },
      ),
    );
  }
}
