import { randomUUID } from 'node:crypto';
import { accountFixture } from '../../testing/account.fixture.js';
import { openTestDatabase } from '../../testing/open-database.js';
import { PostgresAccountStore } from './postgres-account.store.js';
import { type PostgresDatabase } from './postgres.database.js';
import { PostgresEmailStore } from './postgres-email.store.js';

describe('PostgresEmailStore', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let accounts: PostgresAccountStore;
  let emails: PostgresEmailStore;
  beforeEach(async () => {
    ({ database, close } = await openTestDatabase());
    accounts = new PostgresAccountStore(database);
    emails = new PostgresEmailStore(database);
  });
  afterEach(() => close());

  const person = async (email: string | null, emailVerified = false) => {
    const accountId = randomUUID();
    const username = `person-${accountId}`;
    await accounts.declare(
      { ...accountFixture(), accountId, username, email, emailVerified },
      null,
    );
    return accountId;
  };
  const addressOf = async (accountId: string) => {
    const account = await accounts.find(accountId);
    return [account?.email, account?.emailVerified];
  };

  it('proves the address that is there, and replaces it by one that is proven', async () => {
    const accountId = await person('ada@example.com');
    const [from, to] = ['ada@example.com', 'countess@example.com'];
    expect(await emails.replace({ accountId, from, to: from })).toBe(true);
    expect(await addressOf(accountId)).toEqual([from, true]);
    expect(await emails.replace({ accountId, from, to })).toBe(true);
    expect(await addressOf(accountId)).toEqual([to, true]);
  });

  it('gives one to an account that has none', async () => {
    const accountId = await person(null);
    expect(await emails.replace({ accountId, from: null, to: 'ada@example.com' })).toBe(true);
    expect(await addressOf(accountId)).toEqual(['ada@example.com', true]);
  });

  it('touches nothing where the account has another address by now, or is disabled', async () => {
    const accountId = await person('ada@example.com');
    const to = 'countess@example.com';
    expect(await emails.replace({ accountId, from: 'old@example.com', to })).toBe(false);
    expect(await emails.replace({ accountId, from: null, to })).toBe(false);
    await database.manager.query(`UPDATE account SET disabled_at = now()`);
    expect(await emails.replace({ accountId, from: 'ada@example.com', to })).toBe(false);
    expect(await addressOf(accountId)).toEqual(['ada@example.com', false]);
  });

  it('knows whose an address is by who has proven it, in whatever case', async () => {
    const [ada, bob] = [await person('Ada@example.com', true), await person('bob@example.com')];
    expect(await emails.isOfAnother('ada@EXAMPLE.com', bob)).toBe(true);
    expect(await emails.isOfAnother('ada@example.com', ada)).toBe(false);
    expect(await emails.isOfAnother('bob@example.com', ada)).toBe(false);
    const stolen = { accountId: bob, from: 'bob@example.com', to: 'ada@example.com' };
    expect(await emails.replace(stolen)).toBe(false);
    expect(await addressOf(bob)).toEqual(['bob@example.com', false]);
  });

  it('gives an address that many accounts prove at once to one of them', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => person(null)));
    const to = 'shared@example.com';
    const given = await Promise.all(
      people.map((accountId) => emails.replace({ accountId, from: null, to })),
    );
    expect(given.filter(Boolean)).toHaveLength(1);
    const owner = people[given.indexOf(true)] ?? '';
    expect(await addressOf(owner)).toEqual([to, true]);
    expect(await emails.isOfAnother(to, owner)).toBe(false);
  });
});
