import { randomUUID } from 'node:crypto';
import { openDatabase, openTestDatabase } from '../../testing/open-database.js';
import { PostgresConsentStore } from './postgres-consent.store.js';
import { type PostgresDatabase } from './postgres.database.js';

const ORDERS = 'https://orders.example.com';
const PAYMENTS = 'https://payments.example.com';

describe('PostgresConsentStore', () => {
  let database: PostgresDatabase;
  let url: string;
  let close: () => Promise<void>;
  let store: PostgresConsentStore;
  const accountId = randomUUID();
  beforeAll(async () => {
    ({ database, url, close } = await openTestDatabase());
    store = new PostgresConsentStore(database);
    await database.manager.query(`INSERT INTO account (account_id, username) VALUES ($1, 'ada')`, [
      accountId,
    ]);
    for (const id of ['shop', 'other']) {
      await database.manager.query(
        `INSERT INTO client (client_id, name, authentication_method, grant_types, scopes)
         VALUES ($1, $1, 'none', '{}', '{}')`,
        [id],
      );
    }
  });
  afterAll(() => close());
  beforeEach(() => database.manager.query('DELETE FROM consent'));

  const allow = (clientId: string, scope: string[], resources: string[] = [], by = store) =>
    by.allow({ accountId, clientId, scope, resources });

  it('finds nothing before anything was allowed', async () => {
    expect(await store.find(accountId, 'shop')).toBeNull();
    expect(await store.find(randomUUID(), 'nobody')).toBeNull();
  });

  it('keeps what one person allowed one client', async () => {
    await allow('shop', ['openid', 'email'], [ORDERS]);
    expect(await store.find(accountId, 'shop')).toEqual({
      accountId,
      clientId: 'shop',
      scope: ['email', 'openid'],
      resources: [ORDERS],
      authorizationDetails: [],
    });
    expect(await store.find(accountId, 'other')).toBeNull();
    expect(await store.find(randomUUID(), 'shop')).toBeNull();
  });

  it('adds to what was allowed before, each thing once', async () => {
    await allow('shop', ['openid', 'openid', 'email'], [ORDERS]);
    await allow('shop', ['openid', 'Zebra', 'address'], [PAYMENTS, ORDERS]);
    await allow('shop', []);
    expect(await store.find(accountId, 'shop')).toMatchObject({
      scope: ['Zebra', 'address', 'email', 'openid'],
      resources: [ORDERS, PAYMENTS],
    });
  });

  it('adds details, each once whatever the order of its members, and forgets the oldest of too many', async () => {
    const allowDetails = (...authorizationDetails: { type: string; n?: number; m?: number }[]) =>
      store.allow({ accountId, clientId: 'shop', scope: [], resources: [], authorizationDetails });
    const remembered = async () =>
      (await store.find(accountId, 'shop'))?.authorizationDetails?.length;
    await allowDetails({ type: 'a', n: 1, m: 2 });
    await allowDetails({ m: 2, n: 1, type: 'a' }, { type: 'b' });
    await allow('shop', ['openid']);
    expect(await remembered()).toBe(2);
    await allowDetails(...Array.from({ length: 16 }, (_, n) => ({ type: 'c', n })));
    expect(await remembered()).toBe(18);
    await allowDetails(...Array.from({ length: 16 }, (_, n) => ({ type: 'd', n })));
    expect(await remembered()).toBe(16);
  });

  it('keeps every one of many consents given at once, by several processes', async () => {
    const second = await openDatabase(url);
    const stores = [store, new PostgresConsentStore(second)];
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        allow('shop', ['openid', `s${n}`], [`https://r${n % 7}.example.com`], stores[n % 2]),
      ),
    );
    await second.onApplicationShutdown();
    const consent = await store.find(accountId, 'shop');
    expect(consent?.scope).toHaveLength(41);
    expect(consent?.resources).toHaveLength(7);
  });

  it('forgets all of it when it is withdrawn, and bears that twice', async () => {
    await allow('shop', ['openid']);
    await allow('other', ['openid']);
    await store.withdraw(accountId, 'shop');
    await store.withdraw(accountId, 'shop');
    expect(await store.find(accountId, 'shop')).toBeNull();
    expect(await store.find(accountId, 'other')).not.toBeNull();
  });
});
