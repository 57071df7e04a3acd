/** The check values of K in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { RefreshKeyStore } from '../../refresh-token/refresh-key.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresRefreshKeyStore extends RefreshKeyStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  register(version: number, checkValue: Buffer): Promise<Buffer> {
    return onPostgres(async () => {
      const { manager } = this.database;
      await manager.query(
        `INSERT INTO refresh_key_check (version, check_value) VALUES ($1, $2)
         ON CONFLICT DO NOTHING`,
        [version, checkValue],
      );
      const [row] = await manager.query<{ check_value: Buffer }[]>(
        'SELECT check_value FROM refresh_key_check WHERE version = $1',
        [version],
      );
      if (row === undefined) throw new Error('a check value that was just recorded is missing');
      return row.check_value;
    });
  }

  newestVersion(): Promise<number> {
    return onPostgres(async () => {
      const [row] = await this.database.manager.query<{ version: number | null }[]>(
        'SELECT max(version) AS version FROM refresh_key_check',
      );
      return row?.version ?? 0;
    });
  }
}
