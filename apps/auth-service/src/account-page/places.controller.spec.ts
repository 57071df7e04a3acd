import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GrantStore } from '../grant/grant.store.js';
import { ConsentStore } from '../consent/consent.store.js';
import { SessionRecord } from '../session/session.record.js';
import { type Session } from '../session/session.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { headingOf, noticeOf, openSignedIn } from '../testing/account.visit.js';
import { ALICE, BOB } from '../testing/bootstrap.fixture.js';
import { FaultProxy } from '../testing/fault-proxy.js';
import { grantTo } from '../testing/signed-in.fixture.js';
import { SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { formOf, TestBrowser } from '../testing/test-browser.js';

const PATH = '/account/places';
const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

describeWithRedis('the places where a person is signed in', (redis) => {
  let database: TestDatabase;
  let postgres: FaultProxy;
  let server: TestApplication;
  let here: TestBrowser;
  beforeAll(async () => {
    database = await createTestDatabase();
    postgres = await FaultProxy.to(database.url);
    server = await TestApplication.start({
      database: { ...database, url: postgres.url },
      redis: redis(),
      environment: SHARED_KEY,
    });
  });
  afterAll(async () => {
    await server.stop();
    await postgres.close();
    await database.drop();
  });
  beforeEach(async () => {
    for (const session of [...(await sessionsOf(ALICE)), ...(await sessionsOf(BOB))]) {
      await run('UPDATE session SET ended_at = now() WHERE sid = $1', session.sid);
    }
    await run(`UPDATE oauth_grant SET revoked_at = now(), revocation_reason = 'test'
               WHERE revoked_at IS NULL`);
    here = new TestBrowser(server);
    await openSignedIn(here, PATH);
  });

  const run = <T>(sql: string, ...values: unknown[]) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<T[]>(sql, values);
  const sessionsOf = (accountId: string) =>
    server.app.get(SessionRecord, { strict: false }).findOfAccount(accountId, new Date());
  /** The session that began last. */
  const latest = async (accountId = ALICE): Promise<Session> => {
    const [overview] = await sessionsOf(accountId);
    if (overview === undefined) throw new Error('nobody is signed in');
    const { sid, authenticatedAt, expiresAt } = overview;
    return {
      sid,
      accountId,
      authenticatedAt,
      expiresAt,
      idleExpiresAt: expiresAt,
      acr: '',
      amr: [],
    };
  };
  const signInElsewhere = async (username: 'alice' | 'bob' = 'alice', userAgent?: string) => {
    const browser = new TestBrowser(server);
    await openSignedIn(browser, PATH, username);
    const session = await latest(username === 'alice' ? ALICE : BOB);
    await run('UPDATE session SET user_agent = $2 WHERE sid = $1', session.sid, userAgent ?? null);
    return { browser, session };
  };
  const tokenOf = async (browser = here) =>
    formOf(await browser.get(PATH)).hidden['form_token'] ?? '';
  const causeOf = async ({ grantId }: { grantId: string }) =>
    (await server.app.get(GrantStore, { strict: false }).find(grantId))?.cause?.reason ?? null;
  const isSignedIn = async (browser: TestBrowser) => (await browser.get(PATH)).status === 200;
  const isRecorded = async (type: string) => {
    for (const end = Date.now() + 5000; Date.now() < end; await sleep(20)) {
      const rows = await run('SELECT 1 FROM audit_event WHERE type = $1', type);
      if (rows.length > 0) return true;
    }
    return false;
  };

  it('are listed, this one first, with device, address, times and applications', async () => {
    const elsewhere = await signInElsewhere('alice', WINDOWS);
    await grantTo(server, elsewhere.session, 'web');
    await grantTo(server, elsewhere.session, 'native', ['openid', 'offline_access']);
    const page = await here.get(PATH);
    expect([page.status, headingOf(page)]).toEqual([200, 'Signed-in places']);
    const [first = '', second = ''] = page.html
      .split('<li>\n')
      .filter((part) => part.includes('place-'));
    expect(first).toContain('This browser');
    expect(first).not.toContain('<form');
    expect(second).toContain('Chrome on Windows');
    expect(second).toContain('127.0.0.1');
    expect(second).toMatch(/<bdi class="name">Web shop<\/bdi>, since <time datetime="20\d\d-/);
    // In the zone of the account: that of Berlin.
    expect(second).toMatch(
      /Last seen<\/dt>\s*<dd><time datetime="[^"]+">[^<]+ (CET|CEST|GMT\+[12])</,
    );
    expect(page.html.split('Applications that keep access')[1]).toContain('Shop on the phone');
  });

  it('show nothing that a browser said of itself', async () => {
    await signInElsewhere('alice', '<script>alert(1)</script> Windows');
    const { html } = await here.get(PATH);
    expect(html).toContain('Unknown browser on Windows');
    expect(html).not.toContain('alert(1)');
  });

  it('end one by one, with what was allowed there but for what was to last', async () => {
    const { browser, session } = await signInElsewhere();
    const [bound, lasting] = [
      await grantTo(server, session, 'web'),
      await grantTo(server, session, 'native', ['openid', 'offline_access']),
    ];
    const answer = await here.post(`${PATH}/end`, {
      form_token: await tokenOf(),
      sid: session.sid,
    });
    expect([answer.status, answer.location]).toEqual([303, PATH]);
    expect(noticeOf(await here.get(PATH))).toBe('That place is signed out.');
    expect(noticeOf(await here.get(PATH))).toBeNull();
    expect([await isSignedIn(browser), await isSignedIn(here)]).toEqual([false, true]);
    expect(await Promise.all([bound, lasting].map(causeOf))).toEqual(['ended_by_owner', null]);
    expect(await isRecorded('session.revoked')).toBe(true);
  });

  it('end all at once but for this one', async () => {
    const [one, two] = [await signInElsewhere(), await signInElsewhere()];
    const mine = await grantTo(server, await sessionHere(), 'web', ['openid', 'offline_access']);
    const theirs = await grantTo(server, one.session, 'web', ['openid', 'offline_access']);
    const bobs = await signInElsewhere('bob');
    await here.post(`${PATH}/end-others`, { form_token: await tokenOf() });
    expect(noticeOf(await here.get(PATH))).toBe('You are signed out everywhere else.');
    expect(await Promise.all([one, two, bobs].map(({ browser }) => isSignedIn(browser)))).toEqual([
      false,
      false,
      true,
    ]);
    expect([await causeOf(mine), await causeOf(theirs)]).toEqual([null, 'ended_by_owner']);
  });

  const sessionHere = async () => {
    const sessions = await sessionsOf(ALICE);
    const first = sessions.at(-1);
    if (first === undefined) throw new Error('nobody is signed in');
    return { ...(await latest()), sid: first.sid };
  };

  it('end the access of an application, wherever it was allowed, and its consent', async () => {
    const { session } = await signInElsewhere();
    const grants = [
      await grantTo(server, session, 'web', ['openid', 'offline_access']),
      await grantTo(server, await sessionHere(), 'web'),
      await grantTo(server, session, 'native'),
    ];
    const consents = server.app.get(ConsentStore, { strict: false });
    await consents.allow({ accountId: ALICE, clientId: 'web', scope: ['openid'], resources: [] });
    const form = { form_token: await tokenOf(), client_id: 'web' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => here.post(`${PATH}/end-application`, form)),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303]);
    expect(await Promise.all(grants.map(causeOf))).toEqual(['withdrawn', 'withdrawn', null]);
    expect(await consents.find(ALICE, 'web')).toBeNull();
    expect(await isRecorded('application.withdrawn')).toBe(true);
  });

  it('end once, however often and fast the button is pressed', async () => {
    const { session } = await signInElsewhere();
    const grant = await grantTo(server, session, 'web');
    const form = { form_token: await tokenOf(), sid: session.sid };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => here.post(`${PATH}/end`, form)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(await causeOf(grant)).toBe('ended_by_owner');
    expect(await run(`SELECT 1 FROM revocation WHERE value = $1`, grant.grantId)).toHaveLength(1);
    expect(await isSignedIn(here)).toBe(true);
  });

  it('are nobody else’s to end: what is another account’s is not there', async () => {
    const bobs = await signInElsewhere('bob');
    const grant = await grantTo(server, bobs.session, 'spa', ['openid', 'offline_access']);
    await signInElsewhere();
    const form_token = await tokenOf();
    for (const [action, field] of [
      ['end', { sid: bobs.session.sid }],
      ['end', { sid: randomUUID() }],
      ['end', { sid: "' OR true --" }],
      ['end-application', { client_id: 'spa' }],
      ['end-application', { client_id: 'nobody' }],
      ['end-application', { client_id: 'a\u0000b' }],
    ] as const) {
      const answer = await here.post(`${PATH}/${action}`, { form_token, ...field });
      expect([answer.status, headingOf(answer)]).toEqual([404, 'Page not found']);
    }
    expect(await isSignedIn(bobs.browser)).toBe(true);
    expect(await causeOf(grant)).toBeNull();
  });

  describe('a form that is not of this page, in this browser, for this session', () => {
    it.each([
      ['without a token', async () => ({})],
      [
        'with the token of another browser',
        async () => ({ form_token: await tokenOf((await signInElsewhere()).browser) }),
      ],
    ])('is refused %s, and ends nothing', async (_, fields) => {
      const { browser, session } = await signInElsewhere();
      const answer = await here.post(`${PATH}/end`, { sid: session.sid, ...(await fields()) });
      expect([answer.status, headingOf(answer)]).toEqual([403, 'We cannot continue']);
      expect(await isSignedIn(browser)).toBe(true);
    });

    it.each([
      ['origin', 'https://evil.example'],
      ['origin', 'null'],
      ['sec-fetch-site', 'cross-site'],
      ['sec-fetch-site', 'same-site'],
    ])('is refused where the browser says %s: %s, whatever its token', async (header, value) => {
      const { browser, session } = await signInElsewhere();
      const form = { form_token: await tokenOf(), sid: session.sid };
      const answer = await here.post(`${PATH}/end`, form, { [header]: value });
      expect(answer.status).toBe(403);
      expect(await isSignedIn(browser)).toBe(true);
    });

    it('is refused once somebody else has signed in in this browser', async () => {
      const { browser, session } = await signInElsewhere();
      const form = { form_token: await tokenOf(), sid: session.sid };
      here.cookies.delete('__Host-keyward-session');
      await openSignedIn(here, PATH, 'bob');
      expect((await here.post(`${PATH}/end`, form)).status).toBe(403);
      expect(await isSignedIn(browser)).toBe(true);
    });

    it('asks a browser that is signed out to sign in, and does nothing', async () => {
      const { browser, session } = await signInElsewhere();
      const form = { form_token: await tokenOf(), sid: session.sid };
      here.cookies.delete('__Host-keyward-session');
      const answer = await here.post(`${PATH}/end`, form);
      expect(answer.location).toMatch(/^\/interaction\/[\w-]+\/sign-in$/);
      expect(await isSignedIn(browser)).toBe(true);
    });
  });

  it('say that they cannot be known, where they cannot, and end when they can', async () => {
    const { browser, session } = await signInElsewhere();
    const form = { form_token: await tokenOf(), sid: session.sid };
    postgres.become('refuse');
    for (const answer of [await here.get(PATH), await here.post(`${PATH}/end`, form)]) {
      expect([answer.status, headingOf(answer)]).toEqual([503, 'Not available right now']);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    postgres.become('pass');
    for (const end = Date.now() + 15_000; Date.now() < end; await sleep(50)) {
      if (await isSignedIn(here)) break;
    }
    expect(await isSignedIn(browser)).toBe(true);
    expect((await here.post(`${PATH}/end`, form)).status).toBe(303);
    expect(await isSignedIn(browser)).toBe(false);
  });
});
