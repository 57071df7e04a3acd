import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Grant } from '../../grant/grant.js';
import { digestClientId, type Lineage } from '../../refresh-token/lineage.js';
import { handleFixture, lineageFixture } from '../../testing/lineage.fixture.js';
import { openTestDatabase } from '../../testing/open-database.js';
import { PostgresGrantStore } from './postgres-grant.store.js';
import { PostgresGrantTermsStore } from './postgres-grant-terms.store.js';
import { PostgresRefreshKeyStore } from './postgres-refresh-key.store.js';
import { PostgresRotationRecord } from './postgres-rotation.record.js';
import { type PostgresDatabase } from './postgres.database.js';

const TERMS = { scope: ['a', 'b'], resources: ['urn:a'], acr: '1', amr: ['pwd'] };
const CAUSE = { reason: 'test', by: 'server' };

describe('PostgresRotationRecord', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let record: PostgresRotationRecord;
  let grants: PostgresGrantStore;
  let grant: Grant;
  let lineage: Lineage;
  let handle: Buffer;
  beforeAll(async () => {
    ({ database, close } = await openTestDatabase());
    record = new PostgresRotationRecord(database);
    grants = new PostgresGrantStore(database);
  });
  afterAll(() => close());
  beforeEach(async () => {
    handle = handleFixture();
    const termsId = await new PostgresGrantTermsStore(database).idOf(TERMS);
    lineage = lineageFixture({ clientDigest: digestClientId('shop'), termsId });
    grant = {
      ...TERMS,
      grantId: lineage.grantId,
      accountId: lineage.accountId,
      sid: lineage.sid,
      clientId: 'shop',
      authenticatedAt: new Date(lineage.authenticatedAtSeconds * 1000),
      expiresAt: new Date(lineage.absoluteExpiresMs),
    };
    await grants.create(grant);
  });

  const revoke = () => grants.revoke(grant.grantId, CAUSE, new Date(Date.now() + 60_000));
  const create = (publish = async () => undefined) => record.create(handle, lineage, publish);
  const state = (current: number, idleExpiresMs = lineage.idleExpiresMs) => ({
    handle,
    current,
    parent: current - 1,
    floor: current - 1,
    lastMs: 1_800_000_000_123,
    idleExpiresMs,
  });

  it('keeps the terms that a lineage has, and those that were asked for lately', async () => {
    await create();
    const terms = new PostgresGrantTermsStore(database);
    const unused = await terms.idOf({ ...TERMS, scope: ['unused'] });
    const future = new Date(Date.now() + 60_000);
    expect(await terms.deleteUnused(new Date(Date.now() - 60_000), 10)).toBe(0);
    await database.manager.query(
      `UPDATE grant_terms SET used_at = now() - interval '2 days' WHERE terms_id = $1`,
      [unused],
    );
    // Asking for an id is a use.
    expect(await terms.idOf({ ...TERMS, scope: ['unused'] })).toBe(unused);
    expect(await terms.deleteUnused(new Date(Date.now() - 60_000), 10)).toBe(0);
    expect(await terms.deleteUnused(future, 10)).toBe(1);
    expect(await terms.find(unused)).toBeNull();
    expect(await terms.find(lineage.termsId)).toMatchObject(TERMS);
  });

  it('gives back what was recorded, for the grant that is live', async () => {
    expect(await create()).toBe(true);
    expect(await record.find(handle)).toEqual(lineage);
    expect(await record.rebuild(handle, async (read) => read)).toEqual({
      standing: 'live',
      result: lineage,
    });
    expect(await record.findGrant(handle)).toEqual({ grantId: grant.grantId, clientId: 'shop' });
    expect(await record.findByGrants([randomUUID(), grant.grantId])).toEqual([
      { grantId: grant.grantId, handle, absoluteExpiresMs: lineage.absoluteExpiresMs },
    ]);
  });

  it('knows nothing of another handle', async () => {
    const other = handleFixture();
    expect(await record.rebuild(other, async () => 1)).toEqual({ standing: 'unknown' });
    expect(await record.find(other)).toBeNull();
    expect(await record.findGrant(other)).toBeNull();
    await record.checkpoint([{ ...state(2), handle: other }]);
    await record.checkpoint([]);
  });

  it('publishes nothing of a grant that is revoked or not recorded', async () => {
    await revoke();
    let published = 0;
    const publish = async () => void (published += 1);
    expect(await record.create(handle, lineage, publish)).toBe(false);
    const stranger = { ...lineage, grantId: randomUUID() };
    expect(await record.create(handle, stranger, publish)).toBe(false);
    expect(published).toBe(0);
  });

  it('says why a grant is not live', async () => {
    await create();
    await revoke();
    expect(await record.rebuild(handle, async () => 1)).toEqual({
      standing: 'revoked',
      lineage,
      cause: CAUSE,
    });
  });

  it('never goes back: the later state wins, in whatever order they come', async () => {
    await create();
    await record.checkpoint([state(5)]);
    await record.checkpoint([state(4)]);
    expect(await record.find(handle)).toEqual({ ...lineage, ...state(5), handle: undefined });
    await record.checkpoint([state(5, lineage.idleExpiresMs + 1000)]);
    expect((await record.find(handle))?.idleExpiresMs).toBe(lineage.idleExpiresMs + 1000);
  });

  it.each([
    ['is rebuilt', () => record.rebuild.bind(record)],
    [
      'is published',
      () => (h: Buffer, work: () => Promise<void>) => record.create(h, lineage, work),
    ],
  ])('lets a revocation wait while a lineage %s', async (what, method) => {
    if (what === 'is rebuilt') await create();
    const events: string[] = [];
    let revoked: Promise<void> = Promise.resolve();
    await method()(handle, async () => {
      revoked = revoke().then(() => void events.push('revoked'));
      await sleep(200);
      events.push('restored');
    });
    await revoked;
    expect(events).toEqual(['restored', 'revoked']);
    expect(await record.rebuild(handle, async () => 1)).toMatchObject({ standing: 'revoked' });
  });

  it('lets several rebuild at once', async () => {
    await create();
    let [inside, most] = [0, 0];
    await Promise.all(
      Array.from({ length: 5 }, () =>
        record.rebuild(handle, async () => {
          most = Math.max(most, (inside += 1));
          await sleep(100);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBeGreaterThan(1);
  });

  it('goes with its grant', async () => {
    await create();
    await database.manager.query('DELETE FROM oauth_grant WHERE grant_id = $1', [grant.grantId]);
    expect(await record.find(handle)).toBeNull();
  });
});

describe('PostgresGrantTermsStore', () => {
  it('gives one id to the same terms, whoever asks, and another to others', async () => {
    const { database, close } = await openTestDatabase();
    const store = new PostgresGrantTermsStore(database);
    const ids = await Promise.all(Array.from({ length: 8 }, () => store.idOf(TERMS)));
    expect(new Set(ids).size).toBe(1);
    expect(await store.find(ids[0] ?? 0)).toEqual({ ...TERMS, authorizationDetails: [] });
    expect(await store.idOf({ ...TERMS, scope: ['b', 'a'] })).not.toBe(ids[0]);
    expect(await store.find(1_000_000)).toBeNull();
    await close();
  });
});

describe('PostgresRefreshKeyStore', () => {
  it('keeps the first check value of a version', async () => {
    const { database, close } = await openTestDatabase();
    const store = new PostgresRefreshKeyStore(database);
    expect(await store.newestVersion()).toBe(0);
    const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(await store.register(1, one)).toEqual(one);
    expect(await store.register(1, other)).toEqual(one);
    await store.register(2, other);
    expect(await store.newestVersion()).toBe(2);
    await close();
  });
});
