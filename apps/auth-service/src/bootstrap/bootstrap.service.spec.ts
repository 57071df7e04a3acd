import { AccountStore } from '../account/account.store.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { ALICE, BOB, SECRETS } from '../testing/bootstrap.fixture.js';
import { SHARED_KEY, TestApplication } from '../testing/test-application.js';

describe('BootstrapService', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const start = (environment: NodeJS.ProcessEnv = {}) =>
    TestApplication.start({ database, environment: { ...SHARED_KEY, ...environment } });

  it('declares accounts, and again at the next start without a change', async () => {
    const first = await start();
    const accounts = first.app.get(AccountStore, { strict: false });
    const alice = await accounts.findByUsername('alice');
    expect(alice?.account).toMatchObject({
      accountId: ALICE,
      name: 'Alice Archer',
      email: 'alice@example.com',
      emailVerified: true,
      address: { locality: 'Berlin' },
    });
    expect(alice?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(alice?.passwordHash).not.toContain(SECRETS['PASSWORD_OF_alice']);
    await first.stop();

    const second = await start({ PASSWORD_OF_bob: 'another password of bob' });
    const again = second.app.get(AccountStore, { strict: false });
    expect(await again.findByUsername('alice')).toEqual(alice);
    expect((await again.find(BOB))?.username).toBe('bob');
    await second.stop();
  });

  it('does not start where a username is taken, and says so', async () => {
    const server = await start();
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await manager.query(`UPDATE account SET username = 'robert' WHERE username = 'bob'`);
    await manager.query(
      `INSERT INTO account (account_id, username) VALUES (gen_random_uuid(), 'bob')`,
    );
    await server.stop();
    await expect(start()).rejects.toThrow(
      'AUTH_BOOTSTRAP_FILE: the username bob belongs to another account',
    );
  });
});
