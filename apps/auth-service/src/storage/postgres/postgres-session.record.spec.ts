import { randomUUID } from 'node:crypto';
import { type SessionStart } from '../../session/session.record.js';
import { openTestDatabase } from '../../testing/open-database.js';
import {
  ACCOUNT_ID,
  cookieHash,
  insertAccount,
  sessionFixture,
  UNCHANGED,
} from '../../testing/session.fixture.js';
import { PostgresSessionOutbox } from './postgres-session.outbox.js';
import { PostgresSessionRecord } from './postgres-session.record.js';
import { type PostgresDatabase } from './postgres.database.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('PostgresSessionRecord', () => {
  let database: PostgresDatabase;
  let close: () => Promise<void>;
  let record: PostgresSessionRecord;
  let outbox: PostgresSessionOutbox;
  let now: Date;
  beforeEach(async () => {
    ({ database, close } = await openTestDatabase());
    record = new PostgresSessionRecord(database);
    outbox = new PostgresSessionOutbox(database);
    now = new Date();
    await insertAccount(database);
  });
  afterEach(() => close());

  const later = (ms: number) => new Date(now.getTime() + ms);

  async function start(change: Partial<SessionStart> = {}) {
    const given: SessionStart = {
      basis: UNCHANGED,
      session: sessionFixture({ sid: randomUUID() }),
      cookieSha256: cookieHash(),
      formerCookieSha256: null,
      userAgent: 'a browser',
      address: '2001:db8::1',
      now,
      ...change,
    };
    const started = await record.start(given);
    if (started === null) throw new Error('refused');
    return { ...started, cookieSha256: given.cookieSha256 };
  }

  const grant = (sid: string, clientId: string) =>
    database.manager.query(
      `INSERT INTO oauth_grant (grant_id, account_id, client_id, sid, scope, resources,
         authenticated_at, acr, amr, expires_at)
       VALUES ($1, $2, $3, $4, '{openid}', '{}', now(), '', '{}', now() + interval '1 hour')`,
      [randomUUID(), ACCOUNT_ID, clientId, sid],
    );
  const client = (clientId: string, uri: string | null, disabled = false) =>
    database.manager.query(
      `INSERT INTO client (client_id, name, authentication_method, grant_types, scopes,
         backchannel_logout_uri, disabled_at)
       VALUES ($1, $1, 'none', '{}', '{}', $2, CASE WHEN $3 THEN now() END)`,
      [clientId, uri, disabled],
    );

  it('finds a session by the hash of its cookie until it idles out or ends its time', async () => {
    const { session, cookieSha256 } = await start();
    expect(await record.find(cookieSha256, now)).toEqual(session);
    expect(await record.find(cookieHash(), now)).toBeNull();
    expect(await record.find(cookieSha256, later(HOUR_MS - MINUTE_MS))).not.toBeNull();
    expect(await record.find(cookieSha256, later(HOUR_MS + MINUTE_MS))).toBeNull();
    await record.extend(session.sid, session.expiresAt, later(MINUTE_MS), now);
    expect(await record.find(cookieSha256, later(2 * HOUR_MS - MINUTE_MS))).not.toBeNull();
    expect(await record.find(cookieSha256, later(2 * HOUR_MS + MINUTE_MS))).toBeNull();
  });

  it('records a use once a minute, however many ask, and never earlier than before', async () => {
    const { session } = await start();
    const versions = async () =>
      database.manager.query<{ idle_expires_at: Date; last_used_at: Date; xmin: string }[]>(
        'SELECT idle_expires_at, last_used_at, xmin::text FROM session',
      );
    const extend = (ms: number) =>
      record.extend(session.sid, later(HOUR_MS + ms), later(ms), later(ms - MINUTE_MS));
    await Promise.all([extend(MINUTE_MS), extend(MINUTE_MS), extend(MINUTE_MS)]);
    const [row] = await versions();
    expect(row).toMatchObject({
      idle_expires_at: later(HOUR_MS + MINUTE_MS),
      last_used_at: later(MINUTE_MS),
    });
    await extend(MINUTE_MS + 1000);
    expect(await versions()).toEqual([row]);
    await record.extend(session.sid, now, later(5 * MINUTE_MS), later(4 * MINUTE_MS));
    expect(await versions()).toMatchObject([{ idle_expires_at: later(HOUR_MS + MINUTE_MS) }]);
  });

  it('goes on under the same sid and another cookie where the same account signs in', async () => {
    const first = await start();
    const authenticatedAt = later(MINUTE_MS);
    const second = await start({
      session: sessionFixture({ sid: randomUUID(), authenticatedAt }),
      formerCookieSha256: first.cookieSha256,
    });
    expect(second).toMatchObject({
      session: { sid: first.session.sid, authenticatedAt },
      ended: null,
    });
    expect(await record.find(first.cookieSha256, now)).toBeNull();
    expect(await record.find(second.cookieSha256, now)).toEqual(second.session);
    expect(await outbox.findStaleCopies(10)).toEqual([first.cookieSha256]);
    expect(await outbox.findUnsettled(10)).toEqual([]);
  });

  it.each([
    ['everything was ended', `UPDATE account SET sign_in_epoch = sign_in_epoch + 1`],
    ['the account was disabled', `UPDATE account SET disabled_at = now()`],
  ])('starts no session where %s since the proofs', async (_, statement) => {
    await database.manager.query(statement);
    await expect(start()).rejects.toThrow('refused');
    expect(await database.manager.query('SELECT 1 FROM session')).toEqual([]);
  });

  it('starts no session on the strength of one that has ended', async () => {
    const { session } = await start();
    const basis = { ...UNCHANGED, sid: session.sid };
    expect((await start({ basis })).session.sid).not.toBe(session.sid);
    await record.end(session.sid, 'signed_out', now);
    await expect(start({ basis })).rejects.toThrow('refused');
    await expect(start({ basis: { ...UNCHANGED, sid: randomUUID() } })).rejects.toThrow('refused');
  });

  it('ends the session of another account that signs in in the same browser', async () => {
    const first = await start();
    const accountId = randomUUID();
    await insertAccount(database, accountId);
    const second = await start({
      session: sessionFixture({ sid: randomUUID(), accountId }),
      formerCookieSha256: first.cookieSha256,
    });
    const ended = { sid: first.session.sid, accountId: ACCOUNT_ID, reason: 'account_changed' };
    expect(second.ended).toMatchObject(ended);
    expect(await record.find(first.cookieSha256, now)).toBeNull();
    expect(await record.find(second.cookieSha256, now)).toEqual(second.session);
    expect(await outbox.findUnsettled(10)).toEqual([ended]);
  });

  it.each(['ended', 'idle'])('does not bring an %s session back at a sign-in', async (what) => {
    const first = await start();
    if (what === 'ended') await record.end(first.session.sid, 'signed_out', now);
    const second = await start({
      formerCookieSha256: first.cookieSha256,
      now: what === 'idle' ? later(HOUR_MS + MINUTE_MS) : now,
    });
    expect(second.session.sid).not.toBe(first.session.sid);
    expect(second.ended).toBeNull();
    expect(await record.find(first.cookieSha256, now)).toEqual(
      what === 'idle' ? first.session : null,
    );
  });

  it('ends a session once, and notes all that follows with it', async () => {
    const { session, cookieSha256 } = await start();
    const { sid } = session;
    await client('told', 'https://told.example.com/logout');
    await client('other', 'https://other.example.com/logout');
    await client('silent', null);
    await client('disabled', 'https://disabled.example.com/logout', true);
    for (const each of ['told', 'told', 'silent', 'disabled']) await grant(sid, each);
    await grant(randomUUID(), 'other');
    const ends = await Promise.all(
      Array.from({ length: 5 }, () => record.end(sid, 'signed_out', now)),
    );
    const ended = { sid, accountId: ACCOUNT_ID, reason: 'signed_out' };
    expect(ends.filter((end) => end !== null)).toEqual([{ ...ended, cookieSha256 }]);
    expect(await record.find(cookieSha256, now)).toBeNull();
    expect(await outbox.findStaleCopies(10)).toEqual([cookieSha256]);
    expect(await outbox.findUnsettled(10)).toEqual([ended]);
    expect(
      await database.manager.query('SELECT client_id, account_id, sid FROM logout_delivery'),
    ).toEqual([{ client_id: 'told', account_id: ACCOUNT_ID, sid }]);
    await outbox.forgetStaleCopies([cookieSha256]);
    await outbox.settle(sid);
    expect(await outbox.findStaleCopies(10)).toEqual([]);
    expect(await outbox.findUnsettled(10)).toEqual([]);
    expect(await record.end(randomUUID(), 'signed_out', now)).toBeNull();
  });

  it('extends no session that has ended', async () => {
    const { session, cookieSha256 } = await start();
    await record.end(session.sid, 'signed_out', now);
    await record.extend(session.sid, session.expiresAt, later(HOUR_MS), later(HOUR_MS - 1));
    expect(await record.find(cookieSha256, now)).toBeNull();
  });

  it('leaves one live session or none where sign-ins and sign-outs race', async () => {
    for (let round = 0; round < 10; round += 1) {
      const first = await start();
      const [second, end] = await Promise.all([
        start({ formerCookieSha256: first.cookieSha256 }),
        record.end(first.session.sid, 'signed_out', now),
      ]);
      expect(end).not.toBeNull();
      expect(await record.find(first.cookieSha256, now)).toBeNull();
      // The sign-out came first, and the sign-in made a session of its own; or last, and ended both.
      const survivor = await record.find(second.cookieSha256, now);
      const wasFirst = second.session.sid !== first.session.sid;
      expect(survivor === null).toBe(!wasFirst);
    }
  });

  it('lists the live sessions of an account, the latest sign-in first', async () => {
    const old = await start();
    const other = randomUUID();
    await insertAccount(database, other);
    await start({ session: sessionFixture({ sid: randomUUID(), accountId: other }) });
    const ended = await start();
    await record.end(ended.session.sid, 'signed_out', now);
    const latest = await start({
      session: sessionFixture({ sid: randomUUID(), authenticatedAt: later(MINUTE_MS) }),
    });
    const list = await record.findOfAccount(ACCOUNT_ID, now);
    expect(list.map(({ sid }) => sid)).toEqual([latest.session.sid, old.session.sid]);
    expect(list[0]).toEqual({
      sid: latest.session.sid,
      authenticatedAt: later(MINUTE_MS),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: latest.session.expiresAt,
      userAgent: 'a browser',
      address: '2001:db8::1',
    });
  });

  it('purges in batches what is over, but for ends that are not settled', async () => {
    const expired = await start();
    const unsettled = await start();
    const settled = await start();
    const live = await start({
      session: sessionFixture({ sid: randomUUID(), expiresAt: later(30 * HOUR_MS) }),
    });
    for (const { session } of [unsettled, settled])
      await record.end(session.sid, 'signed_out', now);
    await outbox.settle(settled.session.sid);
    const before = later(3 * HOUR_MS);
    expect(await record.purge(now, 10)).toBe(0);
    expect(await record.purge(before, 1)).toBe(1);
    expect(await record.purge(before, 10)).toBe(1);
    expect(await record.purge(before, 10)).toBe(0);
    const left = await database.manager.query<{ sid: string }[]>('SELECT sid FROM session');
    expect(left.map(({ sid }) => sid).sort()).toEqual(
      [unsettled.session.sid, live.session.sid].sort(),
    );
    expect(expired.session.sid).not.toBe(live.session.sid);
  });
});
