/** Types of authorization details in PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { type AuthorizationDetailsType } from '../../authorization-details/authorization-details-type.js';
import { AuthorizationDetailsTypeStore } from '../../authorization-details/authorization-details-type.store.js';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import { AuthorizationDetailsTypeEntity } from './entities/authorization-details-type.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresAuthorizationDetailsTypeStore extends AuthorizationDetailsTypeStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  declare(types: readonly AuthorizationDetailsType[]): Promise<void> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        // Replicas that boot together take turns: rows in another order would wait for each other.
        await manager.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.bootstrap]);
        for (const { type, resource, name, description, schema } of types) {
          await manager.query(
            `INSERT INTO authorization_details_type (type, resource, name, description, schema)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (type) DO UPDATE SET resource = excluded.resource, name = excluded.name,
               description = excluded.description, schema = excluded.schema`,
            [type, resource, name, description, JSON.stringify(schema)],
          );
        }
      }),
    );
  }

  findNamed(types: readonly string[]): Promise<readonly AuthorizationDetailsType[]> {
    return onPostgres(() =>
      this.database.manager.find(AuthorizationDetailsTypeEntity, {
        where: { type: In([...types]) },
        order: { type: 'ASC' },
      }),
    );
  }
}
