/** How TypeORM is told about PostgreSQL: entities, migrations, and limits on every wait. */
import { type DataSourceOptions } from 'typeorm';
import { AccountEntity } from './entities/account.entity.js';
import { AuditEventEntity } from './entities/audit-event.entity.js';
import { AuthorizationDetailsTypeEntity } from './entities/authorization-details-type.entity.js';
import { ClientEntity } from './entities/client.entity.js';
import { ConsentEntity } from './entities/consent.entity.js';
import { GrantEntity } from './entities/grant.entity.js';
import { PartnerEntity } from './entities/partner.entity.js';
import { ResourceEntity } from './entities/resource.entity.js';
import { RevocationEntity } from './entities/revocation.entity.js';
import { SessionEntity } from './entities/session.entity.js';
import { SigningKeyEntity } from './entities/signing-key.entity.js';
import { InitialSchema1763740800000 } from './migrations/1763740800000-initial-schema.js';
import { SignInAndGrants1763769600000 } from './migrations/1763769600000-sign-in-and-grants.js';
import { AuditQueries1763773260000 } from './migrations/1763773260000-audit-queries.js';
import { DeclaredPasswords1763773320000 } from './migrations/1763773320000-declared-passwords.js';
import { RevocationOutbox1763773380000 } from './migrations/1763773380000-revocation-outbox.js';
import { RefreshRotation1763774400000 } from './migrations/1763774400000-refresh-rotation.js';
import { SessionEnds1763776800000 } from './migrations/1763776800000-session-ends.js';
import { SigningKeyRotation1763780400000 } from './migrations/1763780400000-signing-key-rotation.js';
import { ClientCertificates1763791300000 } from './migrations/1763791300000-client-certificates.js';
import { ClientAdministration1763792000000 } from './migrations/1763792000000-client-administration.js';
import { TokensForServices1763784000000 } from './migrations/1763784000000-tokens-for-services.js';
import { ExchangedGrants1763784100000 } from './migrations/1763784100000-exchanged-grants.js';
import { Partners1763784110000 } from './migrations/1763784110000-partners.js';
import { EncryptionKeys1763784200000 } from './migrations/1763784200000-encryption-keys.js';
import { AuthorizationDetails1763784210000 } from './migrations/1763784210000-authorization-details.js';
import { KeySigners1763787600000 } from './migrations/1763787600000-key-signers.js';
import { IntrospectionAlgorithm1763787610000 } from './migrations/1763787610000-introspection-algorithm.js';
import { SecondFactors1763787900000 } from './migrations/1763787900000-second-factors.js';
import { DeclaredProfiles1763788000000 } from './migrations/1763788000000-declared-profiles.js';
import { SignInEpoch1763788050000 } from './migrations/1763788050000-sign-in-epoch.js';
import { RememberedDevices1763788060000 } from './migrations/1763788060000-remembered-devices.js';
import { Upstreams1763788100000 } from './migrations/1763788100000-upstreams.js';
import { GrantTermsRetention1763788200000 } from './migrations/1763788200000-grant-terms-retention.js';
import { AccountAdministration1795600000000 } from './migrations/1795600000000-account-administration.js';
import { AdministrationIndexes1795600000100 } from './migrations/1795600000100-administration-indexes.js';
import { DynamicRegistration1795700000000 } from './migrations/1795700000000-dynamic-registration.js';
import { ClientSecretAge1795710000000 } from './migrations/1795710000000-client-secret-age.js';
import { SchemaRequirements1795600000200 } from './migrations/1795600000200-schema-requirements.js';
import { type MigrationClass } from './schema.requirements.js';

const ENTITIES = [
  ClientEntity,
  ResourceEntity,
  SigningKeyEntity,
  RevocationEntity,
  AccountEntity,
  SessionEntity,
  GrantEntity,
  ConsentEntity,
  AuditEventEntity,
  PartnerEntity,
  AuthorizationDetailsTypeEntity,
];

/** In the order in which they run. */
export const MIGRATIONS: readonly MigrationClass[] = [
  InitialSchema1763740800000,
  SignInAndGrants1763769600000,
  AuditQueries1763773260000,
  DeclaredPasswords1763773320000,
  RevocationOutbox1763773380000,
  RefreshRotation1763774400000,
  SessionEnds1763776800000,
  SigningKeyRotation1763780400000,
  TokensForServices1763784000000,
  ExchangedGrants1763784100000,
  Partners1763784110000,
  EncryptionKeys1763784200000,
  AuthorizationDetails1763784210000,
  KeySigners1763787600000,
  IntrospectionAlgorithm1763787610000,
  SecondFactors1763787900000,
  DeclaredProfiles1763788000000,
  SignInEpoch1763788050000,
  RememberedDevices1763788060000,
  Upstreams1763788100000,
  GrantTermsRetention1763788200000,
  ClientCertificates1763791300000,
  ClientAdministration1763792000000,
  AccountAdministration1795600000000,
  AdministrationIndexes1795600000100,
  SchemaRequirements1795600000200,
  DynamicRegistration1795700000000,
  ClientSecretAge1795710000000,
];

/** Where PostgreSQL keeps which migrations have run. */
export const MIGRATIONS_TABLE = 'schema_migration';

/** What PostgreSQL calls the connections that serve requests. */
export const SERVING_APPLICATION = 'keyward-auth-service';

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
    applicationName: SERVING_APPLICATION,
    entities: ENTITIES,
    poolSize: POOL_SIZE,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS },
    poolErrorHandler: onPoolError,
    logging: false,
  };
}

/** How long a statement of a migration waits for a lock, and everybody else behind it. */
export const MIGRATION_LOCK_TIMEOUT_MS = 1000;

/** How long a statement of a migration may take while it holds locks. */
export const MIGRATION_STATEMENT_TIMEOUT_MS = 60_000;

/** Options for migrating: no limit for the answer to arrive, one for what others would wait for. */
export function migrationOptions(
  url: string,
  migrations: readonly MigrationClass[] = MIGRATIONS,
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'keyward-auth-service migrations',
    migrations: [...migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    poolSize: 2,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: {
      lock_timeout: MIGRATION_LOCK_TIMEOUT_MS,
      statement_timeout: MIGRATION_STATEMENT_TIMEOUT_MS,
    },
    logging: false,
  };
}
