/** The sessions in PostgreSQL, page by page. */
import { Injectable } from '@nestjs/common';
import { type SessionOverview } from '../../session/session.record.js';
import { type ListedSession, SessionRegistry } from '../../session/session.registry.js';
import { behind, partsOf, positionOf } from './list.position.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

const LIST = `
  SELECT sid, authenticated_at AS "authenticatedAt", created_at AS "createdAt",
    last_used_at AS "lastUsedAt", expires_at AS "expiresAt",
    user_agent AS "userAgent", address, ${positionOf('created_at', 'sid')}
  FROM session
  WHERE account_id = $1 AND ended_at IS NULL AND idle_expires_at > $2 AND expires_at > $2
    AND ($3::bigint IS NULL OR ${behind(['created_at', 'sid'], ['$3', '$4'])})
  ORDER BY created_at DESC, sid DESC LIMIT $5`;

const BEGINNING = { microseconds: null, id: null };

type SessionRow = SessionOverview & { readonly position: string };

@Injectable()
export class PostgresSessionRegistry extends SessionRegistry {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async list(
    accountId: string,
    now: Date,
    after: string | null,
    limit: number,
  ): Promise<readonly ListedSession[]> {
    const { microseconds, id } = after === null ? BEGINNING : partsOf(after);
    const values = [accountId, now, microseconds, id, limit];
    const rows = await onPostgres(() => this.database.manager.query<SessionRow[]>(LIST, values));
    return rows.map(({ position, ...session }) => ({ session, position }));
  }
}
