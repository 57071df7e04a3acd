import { jest } from '@jest/globals';
import { KeyAudit } from '../../keys/key.audit.js';
import { KeyRotation } from '../../keys/key.rotation.js';
import { KeyTimes } from '../../keys/key.times.js';
import { type StoredSigningKey } from '../../keys/signing-key.js';
import { openDatabase, openTestDatabase } from '../../testing/open-database.js';
import { createVault, KEY_TIMES, ListedAlgorithms } from '../../testing/key-ring.fixture.js';
import { RecordedAudit } from '../../testing/recorded-audit.js';
import { SigningKeyEntity } from './entities/signing-key.entity.js';
import { PostgresSigningKeyStore } from './postgres-signing-key.store.js';
import { type PostgresDatabase } from './postgres.database.js';

const TOKEN = { signingAlgorithm: 'ES256' } as const;
const NO_OTHERS = new ListedAlgorithms();
const AUDIT = new KeyAudit(new RecordedAudit());

describe('PostgresSigningKeyStore', () => {
  const { vault, work } = createVault();
  let database: PostgresDatabase;
  let url: string;
  let close: () => Promise<void>;
  let store: PostgresSigningKeyStore;
  beforeEach(async () => {
    ({ database, url, close } = await openTestDatabase());
    store = new PostgresSigningKeyStore(database);
  });
  afterEach(() => close());

  const add = (...added: StoredSigningKey[]) =>
    store.change(async () => ({ updates: [], added }), 'wait');
  const statusOf = async (kid: string) =>
    (await database.manager.findOneByOrFail(SigningKeyEntity, { kid })).status;

  it('lets replicas that boot together make one set of keys', async () => {
    const other = await openDatabase(url);
    const generate = jest.spyOn(vault, 'generate');
    const stores = [store, new PostgresSigningKeyStore(other), store, store];
    await Promise.all(
      stores.map((each) =>
        new KeyRotation(each, NO_OTHERS, work, AUDIT, new KeyTimes(KEY_TIMES), TOKEN).advance(
          'wait',
        ),
      ),
    );
    await other.onApplicationShutdown();
    expect(generate).toHaveBeenCalledTimes(2);
    generate.mockRestore();
    const { published } = await store.find();
    expect(published.map(({ status }) => status).sort()).toEqual(['active', 'pending']);
  });

  it('leaves the work to the replica that is at it, and waits where it is told to', async () => {
    let done: () => void = () => undefined;
    let first: Promise<boolean> = Promise.resolve(false);
    await new Promise<void>((entered) => {
      first = store.change(async () => {
        entered();
        await new Promise<void>((resolve) => (done = resolve));
        return { updates: [], added: [await vault.generate('ES256')] };
      }, 'wait');
    });
    const seen = jest.fn(async ({ published }: { published: readonly unknown[] }) => {
      expect(published).toHaveLength(1);
      return { updates: [], added: [] };
    });
    expect(await store.change(seen, 'skip')).toBe(false);
    expect(seen).not.toHaveBeenCalled();
    const second = store.change(seen, 'wait');
    done();
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(seen).toHaveBeenCalledTimes(1);
  });

  it('gives back a key that can still be opened, and its own time', async () => {
    const generated = await vault.generate('ES256');
    await add(generated);
    const { published, gone, now } = await store.find();
    expect(published).toEqual([expect.objectContaining(generated)]);
    expect(gone).toEqual([]);
    expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(5000);
    expect((await vault.open(published[0] as StoredSigningKey)).kid).toBe(generated.kid);
  });

  it('destroys the private half of a key that is gone, and keeps the public one', async () => {
    const key = await vault.generate('ES256');
    const { kid, publicJwk, algorithm, signFrom } = key;
    await add(key);
    const update = { kid, status: 'gone' as const, signFrom, signUntil: null };
    await store.change(async () => ({ updates: [update], added: [] }), 'wait');
    const { published, gone } = await store.find();
    expect(published).toEqual([]);
    expect(gone).toEqual([expect.objectContaining({ kid, publicJwk, algorithm })]);
    const [row] = await database.manager.find(SigningKeyEntity);
    expect(row?.encryptedPrivateKey).toBeNull();
  });

  it('changes two keys over in any order of its rows', async () => {
    const [a, b] = [await vault.generate('ES256'), await vault.generate('ES256')];
    await add(a, { ...b, status: 'pending' });
    const begin = { ...b, status: 'active' as const };
    const end = { ...a, status: 'retired' as const };
    await store.change(async () => ({ updates: [begin, end], added: [] }), 'wait');
    expect([await statusOf(a.kid), await statusOf(b.kid)]).toEqual(['retired', 'active']);
  });

  it('never revives a key that is revoked while somebody plans for it', async () => {
    const key = await vault.generate('ES256');
    await add(key);
    await store.change(async () => {
      await database.manager.query(`UPDATE signing_key SET status = 'revoked'`);
      return { updates: [{ ...key, status: 'retired' as const }], added: [] };
    }, 'wait');
    expect(await statusOf(key.kid)).toBe('revoked');
    expect(await store.find()).toMatchObject({ published: [], gone: [] });
  });

  it('leaves the last word on a second active key to the database', async () => {
    await add(await vault.generate('ES256'));
    await expect(add(await vault.generate('ES256'))).rejects.toThrow(/signing_key_one_active/);
  });

  it('changes nothing where a key cannot be made', async () => {
    const key = await vault.generate('ES256');
    await add(key);
    const failing = () => Promise.reject(new TypeError('no entropy'));
    await expect(store.change(failing, 'wait')).rejects.toThrow('no entropy');
    expect(await statusOf(key.kid)).toBe('active');
  });
});
