import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_USERS_SCOPE } from '@keyward/oauth';
import pg from 'pg';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { StartupError } from '../../config/startup.error.js';
import { Administrator } from '../../testing/administrator.js';
import { administratedBootstrap } from '../../testing/administration.fixture.js';
import { FakeBrowser } from '../../testing/fake.browser.js';
import { grantTo, signIn } from '../../testing/signed-in.fixture.js';
import { basic, SHARED_KEY, TestApplication } from '../../testing/test-application.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { concurrently } from './concurrent.index.js';
import { migrate, pendingMigrations } from './postgres.migrations.js';
import { MIGRATIONS } from './postgres.options.js';
import { requireKnown } from './schema.requirements.js';

/** What the next release might bring: more columns where replicas of this one write. */
class NextExpand2795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['account', 'client', 'session', 'oauth_grant', 'audit_event']) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN next_note text NOT NULL DEFAULT ''`);
    }
  }

  async down(): Promise<void> {
    throw new Error('not undone in these tests');
  }
}

class NextIndex2795600000001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await concurrently(runner, async () => {
      await runner.query('DROP INDEX CONCURRENTLY IF EXISTS next_note_index');
      await runner.query('CREATE INDEX CONCURRENTLY next_note_index ON oauth_grant (next_note)');
    });
  }

  async down(): Promise<void> {
    throw new Error('not undone in these tests');
  }
}

/** And the one after it: it takes away what only this release and older ones need. */
class LaterContract2795600000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await requireKnown(runner, NextExpand2795600000000.name);
  }

  async down(): Promise<void> {
    throw new Error('not undone in these tests');
  }
}

const NEXT = [...MIGRATIONS, NextExpand2795600000000, NextIndex2795600000001];
const LATER = [...NEXT, LaterContract2795600000002];
const REQUIRE = { ...SHARED_KEY, AUTH_MIGRATIONS: 'require' };

describe('a migration beside a replica of the release before', () => {
  let database: TestDatabase;
  let server: TestApplication;
  let admin: Administrator;
  beforeEach(async () => {
    database = await createTestDatabase();
    await migrate(database.url);
    server = await start();
    admin = await Administrator.of(server, ADMIN_USERS_SCOPE);
  }, 60_000);
  afterEach(async () => {
    await server.stop();
    await database.drop();
  });

  const start = () =>
    TestApplication.start({ database, bootstrap: administratedBootstrap(), environment: REQUIRE });

  /** Tokens, people, sessions and grants, without a pause, until told to end. */
  async function load(until: Promise<unknown>): Promise<readonly unknown[]> {
    let isOver = false;
    const outcomes: unknown[] = [];
    const settled = until.finally(() => (isOver = true));
    const work: (() => Promise<unknown>)[] = [
      async () =>
        (
          await server.post(
            '/oauth2/token',
            { grant_type: 'client_credentials' },
            basic('warehouse'),
          )
        ).status,
      async () => (await admin.call('GET', 'users?username=a')).status,
      async () => (await admin.call('PATCH', `users/${await someone}`, { name: 'A' })).status,
      async () => {
        await grantTo(server, await signIn(server, new FakeBrowser()), 'web');
        return 200;
      },
    ];
    const created = await admin.call('POST', 'users', { username: `u-${Date.now()}` });
    const someone = Promise.resolve(String(created.body['account_id']));
    const one = async (task: () => Promise<unknown>) => {
      while (!isOver) outcomes.push(await task().catch((error: unknown) => String(error)));
    };
    await Promise.all([...work, ...work].map(one));
    await settled;
    return outcomes;
  }

  it('fails no request under load, and the replica of before may start again', async () => {
    const migrating = sleep(300).then(async () => {
      const ran = await migrate(database.url, { migrations: NEXT });
      await sleep(300);
      return ran;
    });
    const outcomes = await load(migrating);
    expect(await migrating).toEqual([NextExpand2795600000000.name, NextIndex2795600000001.name]);
    expect(outcomes.length).toBeGreaterThan(20);
    expect(outcomes.filter((outcome) => outcome !== 200)).toEqual([]);
    const beside = await start();
    expect(
      (await beside.post('/oauth2/token', { grant_type: 'client_credentials' }, basic('shop')))
        .status,
    ).toBe(200);
    await beside.stop();
  }, 60_000);

  it('gives a lock up that it cannot have, and keeps nobody waiting behind it', async () => {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM account');
    const waits: string[] = [];
    const migrating = migrate(database.url, {
      migrations: NEXT,
      onWait: (line) => waits.push(line),
    });
    const free = (async () => {
      while (waits.length < 2) await sleep(50);
      expect(await pendingMigrations(database.url, NEXT)).toHaveLength(2);
      await holder.query('ROLLBACK');
      await holder.end();
    })();
    const outcomes = await load(Promise.all([free, migrating]));
    expect(waits[0]).toMatch(/rolled back/);
    expect(outcomes.filter((outcome) => outcome !== 200)).toEqual([]);
    expect(await pendingMigrations(database.url, NEXT)).toEqual([]);
  }, 60_000);

  it('ends where a lock is never free, and says what to look for', async () => {
    const holder = new pg.Client({ connectionString: database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM account');
    const migrating = migrate(database.url, { migrations: NEXT, patienceMs: 0 });
    await expect(migrating).rejects.toThrow(/pg_stat_activity/);
    await holder.end();
    expect(await migrate(database.url, { migrations: NEXT })).toHaveLength(2);
  }, 60_000);

  it('refuses a release that a later one left behind, and lets what runs go on', async () => {
    await migrate(database.url, { migrations: LATER });
    for (const environment of [REQUIRE, { ...SHARED_KEY, AUTH_MIGRATIONS: 'run' }]) {
      const starting = TestApplication.start({ database, environment });
      await expect(starting).rejects.toThrow(/NextExpand2795600000000 is not known here/);
    }
    await expect(migrate(database.url)).rejects.toBeInstanceOf(StartupError);
    expect((await admin.call('GET', 'users')).status).toBe(200);
  }, 60_000);
});
