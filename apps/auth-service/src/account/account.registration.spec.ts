import { hash as argon2 } from '@node-rs/argon2';
import { PostgresAccountStore } from '../storage/postgres/postgres-account.store.js';
import { accountFixture } from '../testing/account.fixture.js';
import { openTestDatabase } from '../testing/open-database.js';
import { AccountRegistration } from './account.registration.js';
import { PasswordHasher } from './password.hasher.js';

describe('AccountRegistration', () => {
  const ada = accountFixture();
  const hasher = new PasswordHasher();
  let close: () => Promise<void>;
  let accounts: PostgresAccountStore;
  let registration: AccountRegistration;
  beforeEach(async () => {
    const opened = await openTestDatabase();
    close = opened.close;
    accounts = new PostgresAccountStore(opened.database);
    registration = new AccountRegistration(accounts, hasher);
  });
  afterEach(() => close());

  const passwordHash = async () => (await accounts.findByUsername('ada'))?.passwordHash ?? null;

  it('leaves everything as it was where nothing has changed', async () => {
    await registration.declare(ada, 'declared');
    const before = await accounts.findByUsername('ada');
    expect(await hasher.verify(before?.passwordHash ?? null, 'declared')).toBe(true);
    await registration.declare(ada, 'declared');
    expect(await accounts.findByUsername('ada')).toEqual(before);
  });

  it('sets the password again when another one is declared', async () => {
    await registration.declare(ada, 'declared');
    await registration.declare(ada, 'declared anew');
    expect(await hasher.verify(await passwordHash(), 'declared anew')).toBe(true);
  });

  it('does not undo what the person has chosen', async () => {
    await registration.declare(ada, 'declared');
    const chosen = await hasher.hash('chosen');
    await accounts.rehash(ada.accountId, (await passwordHash()) ?? '', chosen);
    await registration.declare({ ...ada, name: 'Ada Lovelace' }, 'declared');
    expect(await passwordHash()).toBe(chosen);
    expect(await accounts.find(ada.accountId)).toMatchObject({ name: 'Ada Lovelace' });
  });

  it('hashes anew what was declared under weaker parameters', async () => {
    await accounts.declare(ada, await argon2('declared', { memoryCost: 8192 }));
    await registration.declare(ada, 'declared');
    expect(hasher.needsRehash((await passwordHash()) ?? '')).toBe(false);
  });

  it('may be done by many replicas at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => registration.declare(ada, 'declared')));
    expect(await hasher.verify(await passwordHash(), 'declared')).toBe(true);
  });
});
