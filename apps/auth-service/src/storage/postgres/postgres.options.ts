/** How TypeORM is told about PostgreSQL: entities, migrations, and limits on every wait. */
import { type DataSourceOptions } from 'typeorm';
import { ClientEntity } from './entities/client.entity.js';
import { ResourceEntity } from './entities/resource.entity.js';
import { RevocationEntity } from './entities/revocation.entity.js';
import { SigningKeyEntity } from './entities/signing-key.entity.js';
import { InitialSchema1763740800000 } from './migrations/1763740800000-initial-schema.js';

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 3000;
const STATEMENT_TIMEOUT_MS = 4000;
// Longer than the server's own limit: it is for a server that does not answer at all.
const QUERY_TIMEOUT_MS = 5000;

/**
 * Options of the pool that serves requests.
 * @param onPoolError told of an idle connection that broke; the pool replaces it by itself
 */
export function servingOptions(
  url: string,
  onPoolError: (error: unknown) => void,
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'keyward-auth-service',
    entities: [ClientEntity, ResourceEntity, SigningKeyEntity, RevocationEntity],
    poolSize: POOL_SIZE,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS },
    poolErrorHandler: onPoolError,
    logging: false,
  };
}

/** Options for migrating: one that waits its turn or builds an index may take its time. */
export function migrationOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'keyward-auth-service migrations',
    migrations: [InitialSchema1763740800000],
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each',
    poolSize: 2,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    logging: false,
  };
}
