/** Applies declared clients and resources to PostgreSQL. */
import { Injectable } from '@nestjs/common';
import { BootstrapStore, type DeclaredClient } from '../../bootstrap/bootstrap.store.js';
import { type Resource } from '../../resource/resource.js';
import { ADVISORY_LOCKS } from './advisory.lock.js';
import { ClientEntity } from './entities/client.entity.js';
import { ResourceEntity } from './entities/resource.entity.js';
import { PostgresDatabase } from './postgres.database.js';
import { onPostgres } from './postgres.error.js';

@Injectable()
export class PostgresBootstrapStore extends BootstrapStore {
  constructor(private readonly database: PostgresDatabase) {
    super();
  }

  apply(resources: readonly Resource[], clients: readonly DeclaredClient[]): Promise<void> {
    return onPostgres(() =>
      this.database.manager.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCKS.bootstrap]);
        // Resources first: a client may refer to one as its own.
        for (const resource of resources) {
          await manager.upsert(
            ResourceEntity,
            { ...resource, scopes: [...resource.scopes] },
            { conflictPaths: ['identifier'], skipUpdateIfNoValuesChanged: true },
          );
        }
        for (const client of clients) {
          await manager.upsert(
            ClientEntity,
            {
              ...client,
              grantTypes: [...client.grantTypes],
              scopes: [...client.scopes],
              redirectUris: [...client.redirectUris],
              postLogoutRedirectUris: [...client.postLogoutRedirectUris],
              corsOrigins: [...client.corsOrigins],
              authorizationDetailsTypes: [...client.authorizationDetailsTypes],
            },
            { conflictPaths: ['clientId'], skipUpdateIfNoValuesChanged: true },
          );
        }
      }),
    );
  }
}
