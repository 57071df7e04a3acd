/** The signing algorithms of clients and resources, from PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { isSigningAlgorithm, type SigningAlgorithm } from '../../config/environment.schema.js';
import { RegisteredAlgorithms } from '../../keys/registered.algorithms.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresRegisteredAlgorithms extends RegisteredAlgorithms {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  find(): Promise<readonly SigningAlgorithm[]> {
    return onPostgres(async () => {
      const rows = await this.database.manager.query<{ algorithm: string }[]>(
        `SELECT signing_algorithm AS algorithm FROM resource WHERE signing_algorithm IS NOT NULL
         UNION SELECT id_token_signing_algorithm FROM client
           WHERE id_token_signing_algorithm IS NOT NULL AND disabled_at IS NULL
         UNION SELECT introspection_signing_algorithm FROM client
           WHERE introspection_signing_algorithm IS NOT NULL AND disabled_at IS NULL
         ORDER BY algorithm`,
      );
      return rows.map(({ algorithm }) => algorithm).filter(isSigningAlgorithm);
    });
  }
}
