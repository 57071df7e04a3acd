import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { EnvironmentKeyEncryption } from '../../keys/environment.key-encryption.js';
import { SigningKeyCipher } from '../../keys/signing-key.cipher.js';
import { openDatabase, openTestDatabase } from '../../testing/open-database.js';
import { SigningKeyEntity } from './entities/signing-key.entity.js';
import { PostgresSigningKeyStore } from './postgres-signing-key.store.js';
import { type PostgresDatabase } from './postgres.database.js';

describe('PostgresSigningKeyStore', () => {
  const cipher = new SigningKeyCipher(new EnvironmentKeyEncryption(randomBytes(32)));
  let database: PostgresDatabase;
  let url: string;
  let close: () => Promise<void>;
  let store: PostgresSigningKeyStore;
  beforeEach(async () => {
    ({ database, url, close } = await openTestDatabase());
    store = new PostgresSigningKeyStore(database);
  });
  afterEach(() => close());

  it('makes one key an algorithm, however many replicas ask at once', async () => {
    const other = await openDatabase(url);
    const generate = jest.fn(() => cipher.generate('ES256'));
    const stores = [store, new PostgresSigningKeyStore(other), store, store, store];
    await Promise.all(stores.map((each) => each.ensureActive('ES256', generate)));
    await store.ensureActive('EdDSA', () => cipher.generate('EdDSA'));
    await other.onApplicationShutdown();
    expect(generate).toHaveBeenCalledTimes(1);
    const keys = await store.findPublished();
    expect(keys.map(({ algorithm }) => algorithm).sort()).toEqual(['ES256', 'EdDSA']);
  });

  it('gives back a key that can still be opened', async () => {
    const generated = await cipher.generate('ES256');
    await store.ensureActive('ES256', async () => generated);
    const [stored] = await store.findPublished();
    expect(stored).toMatchObject(generated);
    expect((await cipher.open(stored as typeof generated)).kid).toBe(generated.kid);
  });

  it('publishes pending, active and retired keys, never revoked ones', async () => {
    for (const status of ['pending', 'active', 'retired', 'revoked'] as const) {
      const key = await cipher.generate('ES256');
      await database.manager.insert(SigningKeyEntity, { ...key, status });
    }
    const statuses = (await store.findPublished()).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['active', 'pending', 'retired']);
  });

  it('leaves the last word on a second active key to the database', async () => {
    await store.ensureActive('ES256', () => cipher.generate('ES256'));
    const second = await cipher.generate('ES256');
    await expect(database.manager.insert(SigningKeyEntity, second)).rejects.toThrow(
      /signing_key_one_active/,
    );
  });

  it('creates nothing where no key can be made', async () => {
    const failing = () => Promise.reject(new TypeError('no entropy'));
    await expect(store.ensureActive('ES256', failing)).rejects.toThrow('no entropy');
    expect(await store.findPublished()).toEqual([]);
  });
});
