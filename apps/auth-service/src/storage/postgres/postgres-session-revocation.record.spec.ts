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
import { PostgresSessionOutbox } from './postgres-session.outbox.js';
import { PostgresSessionRecord } from './postgres-session.record.js';
import { PostgresSessionRevocationRecord } from './postgres-session-revocation.record.js';
import { type PostgresDatabase } from './postgres.database.js';

describe('PostgresSessionRevocationRecord', () => {
  const cause = { reason: 'reported_stolen', by: 'operator' };
  const until = new Date(Date.now() + 60_000);
  const now = new Date();
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let record: PostgresSessionRevocationRecord;
  let sessions: PostgresSessionRecord;
  let grants: PostgresGrantStore;
  let accountId: string;
  beforeAll(async () => {
    ({ database, close } = await openTestDatabase());
    record = new PostgresSessionRevocationRecord(database);
    sessions = new PostgresSessionRecord(database);
    grants = new PostgresGrantStore(database);
  });
  beforeEach(async () => {
    accountId = randomUUID();
    await insertAccount(database, accountId);
  });
  afterAll(() => close());

  async function signIn(): Promise<{ sid: string; cookieSha256: Buffer }> {
    const session = sessionFixture({ sid: randomUUID(), accountId });
    const cookieSha256 = cookieHash();
    const start = { basis: UNCHANGED, session, cookieSha256, formerCookieSha256: null, now };
    const started = await sessions.start({ ...start, userAgent: null, address: null });
    // A revocation outdates the sign-ins of its account: another one needs another account here.
    if (started === null) throw new Error('nobody was signed in');
    return { sid: session.sid, cookieSha256 };
  }
  const grantOf = (sid: string, scope = ['openid']): Grant => ({
    ...{ grantId: randomUUID(), accountId, clientId: 'shop', sid, scope, resources: [] },
    ...{ authenticatedAt: now, acr: '1', amr: ['pwd'], expiresAt: until },
  });
  const causeOf = async ({ grantId }: Grant) => (await grants.find(grantId))?.cause;

  it('ends one session, with its grants but those for offline access', async () => {
    const [one, other] = [await signIn(), await signIn()];
    const all = [grantOf(one.sid), grantOf(one.sid, ['offline_access']), grantOf(other.sid)];
    for (const grant of all) await grants.create(grant);
    expect(await record.revokeSession(one.sid, cause, until, now)).toEqual({
      ...one,
      accountId,
      reason: cause.reason,
    });
    expect(await record.revokeSession(one.sid, cause, until, now)).toBeNull();
    expect(await Promise.all(all.map(causeOf))).toEqual([cause, null, null]);
    expect(await sessions.find(one.cookieSha256, now)).toBeNull();
    expect(await sessions.find(other.cookieSha256, now)).not.toBeNull();
  });

  it('ends all that an account has, names who did it, and leaves nothing for later', async () => {
    const [one, other] = [await signIn(), await signIn()];
    const all = [grantOf(one.sid), grantOf(other.sid, ['offline_access']), grantOf(randomUUID())];
    for (const grant of all) await grants.create(grant);
    const ended = await record.revokeAccount(accountId, cause, until, now);
    expect(ended.map(({ sid }) => sid).sort()).toEqual([one.sid, other.sid].sort());
    expect(await Promise.all(all.map(causeOf))).toEqual([cause, cause, cause]);
    expect(await sessions.findOfAccount(accountId, now)).toEqual([]);
    expect(await record.revokeAccount(accountId, cause, until, now)).toEqual([]);
    const outbox = new PostgresSessionOutbox(database);
    expect(await outbox.findUnsettled(10)).toEqual([]);
    expect(await outbox.findStaleCopies(10)).toEqual(
      expect.arrayContaining([one.cookieSha256, other.cookieSha256]),
    );
  });

  it('ends all but one session, and every grant but those of it', async () => {
    const [kept, other] = [await signIn(), await signIn()];
    const all = [
      grantOf(kept.sid, ['offline_access']),
      grantOf(other.sid, ['offline_access']),
      grantOf(randomUUID()),
    ];
    for (const grant of all) await grants.create(grant);
    const ended = await record.revokeOthers(accountId, kept.sid, cause, until, now);
    expect(ended.map(({ sid }) => sid)).toEqual([other.sid]);
    expect(await Promise.all(all.map(causeOf))).toEqual([null, cause, cause]);
    expect(await sessions.find(kept.cookieSha256, now)).not.toBeNull();
    expect(await record.revokeOthers(accountId, kept.sid, cause, until, now)).toEqual([]);
  });

  it('leaves no grant behind that was being recorded at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      accountId = randomUUID();
      await insertAccount(database, accountId);
      const { sid } = await signIn();
      const grant = grantOf(sid, ['offline_access']);
      const [created] = await Promise.all([
        grants.create(grant),
        record.revokeAccount(accountId, cause, until, now),
      ]);
      expect(await causeOf(grant)).toEqual(created ? cause : undefined);
    }
  });
});
