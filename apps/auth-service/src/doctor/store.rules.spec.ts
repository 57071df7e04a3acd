import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parseBootstrap } from '../bootstrap/bootstrap.file.js';
import { examine } from '../cli/local.examination.js';
import { parseEnvironment } from '../config/environment.schema.js';
import { migrate } from '../storage/postgres/postgres.migrations.js';
import { describeWithRedisServer } from '../storage/testing/describe-with-redis-server.js';
import { RedisTestServer } from '../storage/testing/redis-test-server.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { DATABASE_RULES } from './database.rules.js';
import { diagnose } from './diagnosis.js';
import { STORE_RULES } from './store.rules.js';

async function rulesThatFind(variables: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const environment = parseEnvironment(variables);
  const bootstrap = parseBootstrap('{"resources":[],"clients":[]}', variables);
  const rules = [...STORE_RULES, ...DATABASE_RULES];
  return (await diagnose({ environment, bootstrap, variables }, rules)).map(({ rule }) => rule);
}

const SHADOW = `ALTER DATABASE "%I" SET search_path = shadow, pg_catalog, public`;
const NO_SHADOW = `DROP SCHEMA shadow CASCADE; ALTER DATABASE "%I" RESET search_path`;

/** A client with a secret of 256 random bits, as far as the table is concerned. */
const CLIENT = `INSERT INTO client (client_id, name, authentication_method, secret_sha256, grant_types,
  scopes, source) VALUES ('reports', 'Reports', 'client_secret_basic', sha256('a'), '{}', '{}', 'api')`;

describe('the rules about PostgreSQL', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate(database.url);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  async function run(statements: string): Promise<void> {
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
    await client.query(statements.replaceAll('%I', rows[0]?.name ?? ''));
  }

  // What a server cannot be made to be, a function says in place of the one that PostgreSQL has.
  it.each<[rule: string, ill: string, well: string]>([
    [
      'postgres-version',
      `CREATE SCHEMA shadow; CREATE FUNCTION shadow.current_setting(text) RETURNS text LANGUAGE sql
         AS $$ SELECT '130022' $$; ${SHADOW}`,
      NO_SHADOW,
    ],
    [
      'clock',
      `CREATE SCHEMA shadow; CREATE FUNCTION shadow.clock_timestamp() RETURNS timestamptz LANGUAGE sql
         AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$; ${SHADOW}`,
      NO_SHADOW,
    ],
    [
      'migrations',
      `UPDATE schema_migration SET name = name || '-' WHERE id = (SELECT max(id) FROM schema_migration)`,
      `UPDATE schema_migration SET name = rtrim(name, '-')`,
    ],
    [
      'schema-ahead',
      `INSERT INTO schema_requirement (migration) VALUES ('Later')`,
      `DELETE FROM schema_requirement WHERE migration = 'Later'`,
    ],
    [
      'signing-key-age',
      `INSERT INTO signing_key (kid, algorithm, public_jwk, encrypted_private_key, key_version, status,
         sign_from) VALUES ('old', 'ES256', '{}', sha256('a'), 1, 'active', now() - interval '61 days')`,
      `UPDATE signing_key SET sign_from = now() - interval '59 days'`,
    ],
    [
      'client-secret-age',
      `${CLIENT}; UPDATE client SET secret_since = now() - interval '367 days'`,
      `UPDATE client SET secret_sha256 = sha256('b'); UPDATE client SET name = 'Other'`,
    ],
    // A secret from before anybody counted is as old as its client, unless that may do nothing.
    [
      'client-secret-age',
      `UPDATE client SET secret_since = NULL, created_at = now() - interval '367 days'`,
      `UPDATE client SET disabled_at = now()`,
    ],
    [
      'client-secret-age',
      `UPDATE client SET disabled_at = NULL`,
      `UPDATE client SET secret_sha256 = NULL, authentication_method = 'none'`,
    ],
    // The bootstrap file writes the same secret again at each start.
    [
      'client-secret-age',
      `UPDATE client SET authentication_method = 'client_secret_basic', secret_sha256 = sha256('c');
       UPDATE client SET secret_since = now() - interval '367 days';
       UPDATE client SET secret_sha256 = sha256('c')`,
      `DELETE FROM client`,
    ],
  ])('%s finds what is wrong, and nothing when it is mended', async (rule, ill, well) => {
    const variables = { DATABASE_URL: database.url };
    await run(ill);
    expect(await rulesThatFind(variables)).toContain(rule);
    await run(well);
    expect(await rulesThatFind(variables)).not.toContain(rule);
  });

  it('postgres-reachable finds a server that is none, and nothing of one that answers', async () => {
    const down = { DATABASE_URL: 'postgres://keyward:a-password@127.0.0.1:9/keyward' };
    expect(await rulesThatFind(down)).toEqual(['postgres-reachable']);
    expect(await rulesThatFind({ DATABASE_URL: database.url })).not.toContain('postgres-reachable');
  });

  it('clients that live in the database alone are looked at as the declared ones are', async () => {
    const variables = { DATABASE_URL: database.url };
    const findings = async (isOffline: boolean) =>
      (await examine(variables, isOffline))
        .filter(({ rule }) =>
          ['client-secret', 'shared-redirect', 'ambiguous-scope'].includes(rule),
        )
        .map(({ finding }) => finding);
    expect(await findings(false)).toEqual([]);
    await run(`${CLIENT}; UPDATE client SET redirect_uris = '{https://a.example.com/cb}';
      INSERT INTO client (client_id, name, authentication_method, redirect_uris, grant_types, scopes, source)
        VALUES ('itself', 'Itself', 'none', '{https://a.example.com/cb}', '{}', '{}', 'registration');
      INSERT INTO resource (identifier, name, scopes) VALUES ('urn:a', 'A', '{x}'), ('urn:b', 'B', '{x}')`);
    const found = [
      expect.stringContaining('itself and reports share'),
      expect.stringContaining('the scope x is offered by urn:a and urn:b'),
      expect.stringContaining('client reports authenticates by a secret'),
    ];
    expect(await findings(false)).toEqual(expect.arrayContaining(found));
    expect(await findings(true)).toEqual([]);
    // Who may do nothing is nobody's concern.
    await run(`UPDATE client SET disabled_at = now()`);
    expect(await findings(false)).toEqual([expect.stringContaining('the scope x')]);
  });
});

describeWithRedisServer('the rules about Redis', () => {
  it.each<[rule: string, found: boolean, config: Readonly<Record<string, string>>]>([
    ['redis-persistence', true, {}],
    ['redis-persistence', false, { appendonly: 'yes' }],
    ['redis-persistence', false, { save: '3600 1' }],
    ['redis', true, { maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' }],
    ['redis', false, {}],
  ])('%s finds something (%s) in a server with %j', async (rule, isFound, config) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyward-doctor-redis-'));
    const server = await RedisTestServer.start(folder, { config });
    const found = await rulesThatFind({ REDIS_URL: server.url });
    expect(found.includes(rule)).toBe(isFound);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('say that one is out of reach, once', async () => {
    const variables = { REDIS_URL: 'redis://:a-password@127.0.0.1:9' };
    expect(await rulesThatFind(variables)).toEqual(['redis']);
  });
});
