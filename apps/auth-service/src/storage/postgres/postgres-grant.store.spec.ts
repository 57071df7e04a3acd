import { randomUUID } from 'node:crypto';
import { type Grant } from '../../grant/grant.js';
import { openTestDatabase } from '../../testing/open-database.js';
import {
  cookieHash,
  insertAccount,
  sessionFixture,
  UNCHANGED,
} from '../../testing/session.fixture.js';
import { PostgresGrantStore } from './postgres-grant.store.js';
import { PostgresSessionRecord } from './postgres-session.record.js';
import { type PostgresDatabase } from './postgres.database.js';

describe('PostgresGrantStore', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let store: PostgresGrantStore;
  beforeAll(async () => {
    ({ database, close } = await openTestDatabase());
    store = new PostgresGrantStore(database);
  });
  afterAll(() => close());

  const cause = { reason: 'signed_out', by: 'account x' };
  const until = new Date(Date.now() + 60_000);
  const grant = (more: Partial<Grant> = {}): Grant => ({
    grantId: randomUUID(),
    accountId: randomUUID(),
    clientId: 'shop',
    sid: randomUUID(),
    scope: ['openid', 'orders:read'],
    resources: ['urn:orders'],
    authenticatedAt: new Date(1_700_000_000_000),
    acr: 'urn:acr',
    amr: ['pwd'],
    expiresAt: new Date(Date.now() + 3_600_000),
    ...more,
  });
  const outbox = (grantId: string) =>
    database.manager.query<object[]>(
      `SELECT kind, reason, audiences, expires_at FROM revocation WHERE value = $1`,
      [grantId],
    );

  it('records a grant once, however many try', async () => {
    const one = grant();
    const answers = await Promise.all(Array.from({ length: 8 }, () => store.create(one)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await store.find(one.grantId)).toEqual({
      ...one,
      authorizationDetails: [],
      createdAt: expect.any(Date),
      revokedAt: null,
      cause: null,
    });
  });

  it('records no grant of a session that has ended, however close the two come', async () => {
    const sessions = new PostgresSessionRecord(database);
    const now = new Date();
    await insertAccount(database);
    for (let round = 0; round < 20; round += 1) {
      const session = sessionFixture({ sid: randomUUID() });
      const started = {
        basis: UNCHANGED,
        session,
        cookieSha256: cookieHash(),
        formerCookieSha256: null,
        now,
      };
      await sessions.start({ ...started, userAgent: null, address: null });
      const { sid } = session;
      const [before, racing, after] = [grant({ sid }), grant({ sid }), grant({ sid })];
      expect(await store.create(before)).toBe(true);
      const [created] = await Promise.all([
        store.create(racing),
        sessions.end(sid, 'signed_out', now).then(() => store.revokeOfSession(sid, cause, until)),
      ]);
      expect(await store.create(after)).toBe(false);
      expect(await store.find(after.grantId)).toBeNull();
      for (const { grantId } of created ? [before, racing] : [before]) {
        expect(await store.find(grantId)).toMatchObject({ cause });
      }
    }
  });

  it('revokes a grant with its outbox row, and keeps the first cause', async () => {
    const one = grant();
    await store.create(one);
    await store.revoke(one.grantId, cause, until);
    await store.revoke(one.grantId, { reason: 'later', by: 'server' }, new Date());
    expect(await store.find(one.grantId)).toMatchObject({ revokedAt: expect.any(Date), cause });
    expect(await outbox(one.grantId)).toEqual([
      {
        kind: 'grant',
        reason: 'signed_out by account x',
        audiences: ['urn:orders'],
        expires_at: until,
      },
    ]);
  });

  it('ignores a grant that is not there', async () => {
    const unknown = randomUUID();
    await store.revoke(unknown, cause, until);
    expect(await store.find(unknown)).toBeNull();
    expect(await outbox(unknown)).toEqual([]);
  });

  it('forestalls a grant that is not there yet, also in a race with its creation', async () => {
    for (let round = 0; round < 20; round += 1) {
      const one = grant();
      const [created] = await Promise.all([
        store.create(one),
        store.revokeOrForestall(one, { reason: 'code_replayed', by: 'server' }, until),
      ]);
      expect(typeof created).toBe('boolean');
      expect(await store.find(one.grantId)).toMatchObject({ cause: { reason: 'code_replayed' } });
      expect(await outbox(one.grantId)).toHaveLength(1);
      expect(await store.create(one)).toBe(false);
    }
  });

  it('ends the grants of a session but those for offline access', async () => {
    const sid = randomUUID();
    const [online, offline, other] = [
      grant({ sid }),
      grant({ sid, scope: ['offline_access'] }),
      grant(),
    ];
    for (const one of [online, offline, other]) await store.create(one);
    await store.revokeOfSession(sid, cause, until);
    const revoked = await Promise.all(
      [online, offline, other].map(async ({ grantId }) => (await store.find(grantId))?.cause),
    );
    expect(revoked).toEqual([cause, null, null]);
  });

  it('lists the grants of an account, the latest first', async () => {
    const accountId = randomUUID();
    const [first, second] = [grant({ accountId }), grant({ accountId, scope: ['offline_access'] })];
    await store.create(first);
    await store.create(second);
    await store.revoke(first.grantId, cause, until);
    const all = await store.findOfAccount(accountId);
    expect(all.map(({ grantId }) => grantId)).toEqual([second.grantId, first.grantId]);
    expect(all.map((one) => one.cause)).toEqual([null, cause]);
  });

  it('tells every resource that tokens of a grant are for of its end, however close the two come', async () => {
    for (let round = 0; round < 20; round += 1) {
      const one = grant();
      await store.create(one);
      const [first, again, other] = await Promise.all([
        store.recordAudience(one.grantId, 'urn:payments'),
        store.recordAudience(one.grantId, 'urn:payments'),
        store.recordAudience(one.grantId, 'urn:stock'),
        store.revoke(one.grantId, cause, until),
      ]);
      const [row] = (await outbox(one.grantId)) as { audiences: string[] }[];
      const told = new Set(row?.audiences);
      expect(row?.audiences).toHaveLength(told.size);
      if (first || again) expect(told).toContain('urn:payments');
      if (other) expect(told).toContain('urn:stock');
      expect(told).toContain('urn:orders');
    }
  });

  it('records no audience of a grant that has ended or was never there', async () => {
    const [revoked, over] = [grant(), grant({ expiresAt: new Date(Date.now() - 1000) })];
    for (const one of [revoked, over]) await store.create(one);
    expect(await store.recordAudience(revoked.grantId, 'urn:orders')).toBe(true);
    await store.revoke(revoked.grantId, cause, until);
    for (const grantId of [revoked.grantId, over.grantId, randomUUID()]) {
      expect(await store.recordAudience(grantId, 'urn:orders')).toBe(false);
      expect(await store.recordAudience(grantId, 'urn:payments')).toBe(false);
    }
  });

  it('waits for whoever holds the grant, so that no rebuild overlooks the revocation', async () => {
    const one = grant();
    await store.create(one);
    let revoked: Promise<void> | undefined;
    await database.manager.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM oauth_grant WHERE grant_id = $1 FOR SHARE', [one.grantId]);
      revoked = store.revoke(one.grantId, cause, until);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect((await store.find(one.grantId))?.revokedAt).toBeNull();
    });
    await revoked;
    expect((await store.find(one.grantId))?.cause).toEqual(cause);
  });

  it('purges what ended long ago, so much at a time', async () => {
    const before = new Date('2001-01-01');
    for (let n = 0; n < 3; n += 1) await store.create(grant({ expiresAt: new Date('2000-01-01') }));
    expect(await store.deleteExpired(before, 2)).toBe(2);
    expect(await store.deleteExpired(before, 2)).toBe(1);
    expect(await store.deleteExpired(before, 2)).toBe(0);
  });

  it('removes the lineage with its grant, and leaves both to whoever is purging them', async () => {
    const one = grant({ expiresAt: new Date(1000) });
    await store.create(one);
    const handle = Buffer.alloc(16, 1);
    await database.manager.query(
      `WITH terms AS (
         INSERT INTO grant_terms (terms_sha256, scope, resources, acr, amr)
         VALUES (sha256('a'), '{}', '{}', '', '{}') RETURNING terms_id
       )
       INSERT INTO refresh_rotation (handle, grant_id, terms_id, current_generation,
         parent_generation, floor_generation, idle_expires_at, absolute_expires_at)
       SELECT $1, $2, terms_id, 1, 0, 0, now(), now() FROM terms`,
      [handle, one.grantId],
    );
    const lineages = () => database.manager.query<object[]>('SELECT 1 FROM refresh_rotation');
    await database.manager.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM oauth_grant WHERE grant_id = $1 FOR UPDATE', [
        one.grantId,
      ]);
      expect(await store.deleteExpired(new Date(2000), 10)).toBe(0);
    });
    expect(await lineages()).toHaveLength(1);
    expect(await store.deleteExpired(new Date(2000), 10)).toBe(1);
    expect(await lineages()).toEqual([]);
  });
});
