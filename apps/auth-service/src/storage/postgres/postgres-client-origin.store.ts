/** Clients' origins in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { ClientOriginStore } from '../../client/client-origin.store.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresClientOriginStore extends ClientOriginStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  async findAll(): Promise<ReadonlySet<string>> {
    const rows = await onPostgres(() =>
      this.database.manager.query<{ origin: string }[]>(
        'SELECT DISTINCT unnest(cors_origins) AS origin FROM client WHERE disabled_at IS NULL',
      ),
    );
    return new Set(rows.map(({ origin }) => origin));
  }
}
