/** The outbox of revocations in PostgreSQL, measured. */
import { Injectable } from '@nestjs/common';
import { type Backlog, RevocationBacklog } from '../../revocation/revocation.backlog.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresRevocationBacklog extends RevocationBacklog {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async measure(): Promise<Backlog> {
    // What has expired is not relayed any more, and waits for nobody.
    const rows: readonly { count: number; seconds: number }[] = await onPostgres(() =>
      this.database.manager.query(
        `SELECT count(*)::int AS count,
           coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds
         FROM revocation WHERE relayed_at IS NULL AND (expires_at > now() OR kind = 'grant')`,
      ),
    );
    return { count: rows[0]?.count ?? 0, oldestSeconds: rows[0]?.seconds ?? 0 };
  }
}
