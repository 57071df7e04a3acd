import { AccountStore } from '../account/account.store.js';
import { type Acr, MFA_ACR, PASSWORD_ACR, PHISHING_RESISTANT_ACR } from '../authentication/acr.js';
import { AssuranceStore } from '../authentication/assurance.store.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { ALICE, BOB, bootstrapDocument, SECRETS } from '../testing/bootstrap.fixture.js';
import { type BootstrapSource } from './bootstrap.schema.js';
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

  it('holds accounts to what their groups demand, as the file says at the last start', async () => {
    const demands = async (requiredAcr: Acr, member: string) => {
      const document = bootstrapDocument();
      const bootstrap: BootstrapSource = {
        ...document,
        groups: [
          { name: 'staff', required_acr: requiredAcr },
          { name: 'guests', required_acr: PASSWORD_ACR },
        ],
        accounts: (document.accounts ?? []).map((account) => ({
          ...account,
          groups: account.username === member ? ['staff', 'guests'] : [],
        })),
      };
      const server = await TestApplication.start({ database, bootstrap, environment: SHARED_KEY });
      const assurance = server.app.get(AssuranceStore, { strict: false });
      const found = [await assurance.find(ALICE), await assurance.find(BOB)];
      await server.stop();
      return found.map(({ requiredAcrs }) => requiredAcrs);
    };
    expect(await demands(MFA_ACR, 'alice')).toEqual([[MFA_ACR, PASSWORD_ACR], []]);
    expect(await demands(PHISHING_RESISTANT_ACR, 'bob')).toEqual([
      [],
      [PASSWORD_ACR, PHISHING_RESISTANT_ACR],
    ]);
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
