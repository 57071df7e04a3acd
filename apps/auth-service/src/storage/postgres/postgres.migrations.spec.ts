import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { migrate, pendingMigrations } from './postgres.migrations.js';
import { MIGRATIONS, migrationOptions, servingOptions } from './postgres.options.js';

describe('migrate', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('runs each migration once, however many replicas boot together', async () => {
    const runs = await Promise.all(Array.from({ length: 6 }, () => migrate(database.url)));
    expect(runs.flat()).toEqual(MIGRATIONS.map(({ name }) => name));
    expect(await migrate(database.url)).toEqual([]);
  });

  it('tells what has still to run, and changes nothing by that', async () => {
    const names = MIGRATIONS.map(({ name }) => name);
    expect(await pendingMigrations(database.url)).toEqual(names);
    expect(await pendingMigrations(database.url)).toEqual(names);
    await migrate(database.url);
    const source = await new DataSource(migrationOptions(database.url)).initialize();
    await source.undoLastMigration();
    await source.destroy();
    expect(await pendingMigrations(database.url)).toEqual(names.slice(-1));
    await migrate(database.url);
    expect(await pendingMigrations(database.url)).toEqual([]);
  });

  it('makes the schema that the entities describe', async () => {
    await migrate(database.url);
    const source = await new DataSource(servingOptions(database.url, () => undefined)).initialize();
    for (const { target, columns } of source.entityMetadatas) {
      const row = source.manager.createQueryBuilder(target, 'row').getRawMany();
      await expect(row).resolves.toEqual([]);
      expect(columns.length).toBeGreaterThan(2);
    }
    await source.destroy();
  });

  it('can be undone', async () => {
    await migrate(database.url);
    const source = await new DataSource(migrationOptions(database.url)).initialize();
    for (const _ of MIGRATIONS) await source.undoLastMigration();
    const tables = await source.query<{ table_name: string }[]>(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    expect(tables.map(({ table_name }) => table_name)).toEqual(['schema_migration']);
    await source.destroy();
  });

  it.each([
    [
      'a plain secret',
      `INSERT INTO client (client_id, name, authentication_method, secret_sha256, grant_types, scopes) VALUES ('a', 'a', 'client_secret_basic', 'plain', '{}', '{}')`,
    ],
    [
      'no authentication',
      `INSERT INTO client (client_id, name, authentication_method, secret_sha256, grant_types, scopes) VALUES ('a', 'a', 'none', sha256('a'), '{}', '{}')`,
    ],
    [
      'a private JWK',
      `INSERT INTO signing_key (kid, algorithm, public_jwk, encrypted_private_key, key_version, status, sign_from) VALUES ('a', 'ES256', '{"d":"x"}', sha256('a'), 1, 'active', now())`,
    ],
  ])('refuses to hold %s', async (_, statement) => {
    await migrate(database.url);
    const source = await new DataSource(migrationOptions(database.url)).initialize();
    await expect(source.query(statement)).rejects.toThrow(/violates check constraint/);
    await source.destroy();
  });
});
