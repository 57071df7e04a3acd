import { randomUUID } from 'node:crypto';
import { UsernameTakenError } from '../../account/account.store.js';
import { accountFixture } from '../../testing/account.fixture.js';
import { openTestDatabase } from '../../testing/open-database.js';
import { PostgresAccountStore } from './postgres-account.store.js';
import { type PostgresDatabase } from './postgres.database.js';
import { PostgresProfileStore } from './postgres-profile.store.js';

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA';
const OTHER_HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$b3RoZXI';

describe('PostgresAccountStore', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let accounts: PostgresAccountStore;
  beforeEach(async () => {
    ({ database, close } = await openTestDatabase());
    accounts = new PostgresAccountStore(database);
  });
  afterEach(() => close());

  const ada = accountFixture({
    name: 'Ada Lovelace',
    givenName: 'Ada',
    familyName: 'Lovelace',
    picture: 'https://example.com/ada.png',
    locale: 'en-GB',
    zoneinfo: 'Europe/London',
    email: 'ada@example.com',
    emailVerified: true,
    phoneNumber: '+442012345678',
    phoneNumberVerified: true,
    address: { locality: 'London', country: 'GB' },
  });

  it('gives back what was declared, and the hash only to whoever checks passwords', async () => {
    await accounts.declare(ada, HASH);
    const account = await accounts.find(ada.accountId);
    const stored = { disabledAt: null, signInEpoch: 0, updatedAt: expect.any(Date) };
    expect(account).toEqual({ ...ada, ...stored });
    expect(await accounts.findByUsername('ada')).toEqual({ account, passwordHash: HASH });
    expect(await accounts.findDeclaredPasswordHash(ada.accountId)).toBe(HASH);
  });

  it.each(['ADA', ' ada ', '\tAda\n'])('finds the username typed as %j', async (typed) => {
    await accounts.declare(ada, null);
    const found = await accounts.findByUsername(typed);
    expect(found?.account.accountId).toBe(ada.accountId);
    expect(found?.passwordHash).toBeNull();
  });

  it.each(['', 'a\u0000da', 'ada\u0000', 'a'.repeat(5000), "' OR ''='", 'ada%', '\ud800'])(
    'finds nobody of the name %j',
    async (typed) => {
      await accounts.declare(ada, HASH);
      expect(await accounts.findByUsername(typed)).toBeNull();
    },
  );

  it('finds nobody under an id that is not taken', async () => {
    expect(await accounts.find(randomUUID())).toBeNull();
    expect(await accounts.findDeclaredPasswordHash(randomUUID())).toBeNull();
  });

  it('changes what differs, touches nothing else, and says when', async () => {
    await accounts.declare(ada, HASH);
    await database.manager.query(
      `UPDATE account SET disabled_at = now(), updated_at = '2020-01-01T00:00:00Z'`,
    );
    await accounts.declare(ada, null);
    expect((await accounts.find(ada.accountId))?.updatedAt).toEqual(new Date('2020-01-01'));
    await accounts.declare({ ...ada, username: 'countess', address: null }, null);
    const changed = await accounts.findByUsername('countess');
    expect(changed?.account).toMatchObject({ address: null, disabledAt: expect.any(Date) });
    expect(changed?.account.updatedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(changed?.passwordHash).toBe(HASH);
  });

  describe('declared again', () => {
    const chosen = { name: 'Countess', givenName: null, familyName: 'King' };
    beforeEach(async () => {
      await accounts.declare(ada, HASH);
      expect(await new PostgresProfileStore(database).save(ada.accountId, chosen)).toBe(true);
    });

    it('keeps what the person has changed, as long as nothing else is declared', async () => {
      await accounts.declare(ada, null);
      expect(await accounts.find(ada.accountId)).toMatchObject({ ...chosen, email: ada.email });
    });

    it('is what the operator says where that is new, and the person’s elsewhere', async () => {
      await accounts.declare({ ...ada, familyName: 'Byron' }, null);
      expect(await accounts.find(ada.accountId)).toMatchObject({ ...chosen, familyName: 'Byron' });
    });

    it('never says of one address that it is proven because another one is', async () => {
      await database.manager.query(
        `UPDATE account SET email = 'chosen@example.com', email_verified = true`,
      );
      await accounts.declare({ ...ada, email: 'new@example.com', emailVerified: true }, null);
      await database.manager.query(`UPDATE account SET email_verified = false`);
      await accounts.declare({ ...ada, email: 'other@example.com', emailVerified: true }, null);
      expect(await accounts.find(ada.accountId)).toMatchObject({
        email: 'other@example.com',
        emailVerified: true,
      });
      await accounts.declare({ ...ada, email: 'other@example.com', emailVerified: false }, null);
      expect(await accounts.find(ada.accountId)).toMatchObject({ emailVerified: false });
    });

    it('is saved by a person once: the same again changes nothing, not even the time', async () => {
      const { updatedAt } = (await accounts.find(ada.accountId)) ?? {};
      expect(await new PostgresProfileStore(database).save(ada.accountId, chosen)).toBe(false);
      expect((await accounts.find(ada.accountId))?.updatedAt).toEqual(updatedAt);
    });
  });

  it('gives no username to two accounts', async () => {
    await accounts.declare(ada, HASH);
    const other = accountFixture();
    await expect(accounts.declare(other, HASH)).rejects.toThrow(UsernameTakenError);
    expect(await accounts.find(other.accountId)).toBeNull();
  });

  it('replaces a hash only where it is still the one that was checked', async () => {
    await accounts.declare(ada, HASH);
    await accounts.rehash(ada.accountId, OTHER_HASH, `${HASH}x`);
    expect((await accounts.findByUsername('ada'))?.passwordHash).toBe(HASH);
    await accounts.rehash(ada.accountId, HASH, OTHER_HASH);
    expect((await accounts.findByUsername('ada'))?.passwordHash).toBe(OTHER_HASH);
  });
});
