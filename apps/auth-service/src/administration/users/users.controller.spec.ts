import { randomUUID } from 'node:crypto';
import { ADMIN_USERS_SCOPE } from '@keyward/oauth';
import { PasswordAuthenticator } from '../../account/password.authenticator.js';
import { PasswordHasher } from '../../account/password.hasher.js';
import { GrantStore } from '../../grant/grant.store.js';
import { SessionService } from '../../session/session.service.js';
import { PostgresDatabase } from '../../storage/postgres/postgres.database.js';
import { Administrator } from '../../testing/administrator.js';
import { administratedBootstrap } from '../../testing/administration.fixture.js';
import { ALICE } from '../../testing/bootstrap.fixture.js';
import { eventually } from '../../testing/eventually.js';
import { FakeBrowser } from '../../testing/fake.browser.js';
import { ORIGIN } from '../../testing/request-origin.fixture.js';
import { grantTo, signIn } from '../../testing/signed-in.fixture.js';
import { SmtpSink } from '../../testing/smtp.sink.js';
import { TestApplication } from '../../testing/test-application.js';
import { TestBrowser } from '../../testing/test-browser.js';

const PASSWORD = 'nine patient otters';
const CHOSEN = { password: 'seven quiet lanterns', repeated: 'seven quiet lanterns' };

describe('administration of people', () => {
  let sink: SmtpSink;
  let server: TestApplication;
  let admin: Administrator;
  /** A username of each test's own. */
  let username: string;
  beforeAll(async () => {
    sink = await SmtpSink.start();
    const { environment } = sink;
    server = await TestApplication.start({ bootstrap: administratedBootstrap(), environment });
  });
  beforeEach(async () => {
    admin = await Administrator.of(server, ADMIN_USERS_SCOPE);
    username = `u-${randomUUID()}`;
  });
  afterAll(async () => {
    await server.stop();
    await sink.stop();
  });

  const create = async (more: object = {}) => {
    const { status, body } = await admin.call('POST', 'users', { username, ...more });
    expect([status, body['error_description']]).toEqual([201, undefined]);
    return body as { account_id: string } & typeof body;
  };
  const passes = async (password: string, name = username) => {
    const passwords = server.app.get(PasswordAuthenticator, { strict: false });
    const attempt = { username: name, password, clientId: null, ...ORIGIN };
    return (await passwords.authenticate(attempt)).outcome;
  };
  const rows = <Row>(statement: string, values: unknown[]) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<Row[]>(statement, values);
  const audited = (type: string, accountId: string) =>
    eventually(
      () =>
        rows<{ reason: string | null; detail: Record<string, string> }>(
          'SELECT reason, detail FROM audit_event WHERE type = $1 AND account_id = $2',
          [type, accountId],
        ),
      (found) => found.length > 0,
    );

  it('creates one who can sign in, and tells the audit nothing personal', async () => {
    const user = await create({
      password: PASSWORD,
      name: 'Uma Underwood',
      email: 'uma@example.com',
      groups: ['staff'],
    });
    expect(user).toMatchObject({
      username,
      name: 'Uma Underwood',
      email_verified: false,
      groups: ['staff'],
      status: 'enabled',
      source: 'api',
      has_password: true,
    });
    expect(JSON.stringify(user)).not.toMatch(/argon2|otters/);
    expect(await passes(PASSWORD)).toBe('authenticated');
    const [event] = await audited('account.created', user.account_id);
    expect(event?.detail).toMatchObject({
      by: 'client shop',
      after: '{"email_verified":false,"phone_number_verified":false,"groups":["staff"]}',
    });
    expect(event?.detail['members']).toContain('email');
    expect(JSON.stringify(event)).not.toMatch(/uma|otters/i);
  });

  it.each<[string, object, RegExp]>([
    ['an unknown member', { admin: true }, /admin/],
    ['a hash', { password_hash: 'x' }, /password_hash/],
    ['a password and a link', { password: PASSWORD, password_link: 'mail' }, /go not together/],
    ['a password that everybody tries', { password: 'Password2026!' }, /common/],
    ['a name that turns the text around', { name: 'a\u202eb' }, /name/],
    ['a name with a NUL', { name: 'a\0b' }, /name/],
    ['half a character', { name: '\ud800' }, /name/],
    ['a picture that is a script', { picture: 'javascript:alert(1)' }, /picture/],
    ['what is no address', { email: 'uma' }, /email/],
    ['another case', { username: 'Uma' }, /username/],
  ])('refuses %s, and says where', async (_, change, description) => {
    const { status, body } = await admin.call('POST', 'users', { username, ...change });
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
    expect(body['error_description']).toMatch(description);
    expect((await admin.call('GET', `users?username=${username}`)).body['items']).toEqual([]);
  });

  it('gives one username to one account, however many are created at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => admin.call('POST', 'users', { username })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array<number>(7).fill(409)]);
  });

  it('gives a proven address to one account', async () => {
    const email = `${username}@example.com`;
    const first = await create({ email, email_verified: true });
    const taken = { username: `${username}-b`, email: email.toUpperCase(), email_verified: true };
    expect((await admin.call('POST', 'users', taken)).status).toBe(409);
    const other = await admin.call('POST', 'users', { ...taken, email_verified: false });
    const id = String(other.body['account_id']);
    const verify = () => admin.call('PATCH', `users/${id}`, { email_verified: true });
    expect((await verify()).status).toBe(409);
    await admin.call('PATCH', `users/${first.account_id}`, { email: `x-${email}` });
    expect((await verify()).body).toMatchObject({ email_verified: true });
  });

  it('finds by what a name or an address begins with, by pages', async () => {
    const names = Array.from({ length: 5 }, (_, index) => `${username}_%${index}`);
    for (const name of names) {
      const email = `${name.replace('%', '.')}@Example.com`;
      await admin.call('POST', 'users', { username: name, email });
    }
    const found: unknown[] = [];
    for (let next = ''; ;) {
      const query = `users?username=${encodeURIComponent(`${username}_%`)}&limit=2${next}`;
      const { body } = await admin.call('GET', query);
      found.push(...(body['items'] as { username: string }[]).map((user) => user.username));
      if (body['next'] === undefined) break;
      next = `&after=${String(body['next'])}`;
    }
    expect(found).toEqual(names);
    const search = async (query: string) =>
      (await admin.call('GET', `users?${query}`)).body['items'] as { username: string }[];
    expect(await search(`email=${username.toUpperCase()}_.3@e`)).toMatchObject([
      { username: names[3] },
    ]);
    expect(await search(`username=${username}%25`)).toEqual([]);
    expect(await search(`username=${username}&status=disabled`)).toEqual([]);
  });

  it.each(['usrname=a', 'username=a&username=b', 'status=x', 'limit=0', 'after=!', 'email=%00'])(
    'refuses the search %s, and never finds everything instead',
    async (query) => {
      expect((await admin.call('GET', `users?${query}`)).status).toBe(400);
    },
  );

  it('changes what is said and nothing else, and takes away what is null', async () => {
    const { account_id: id } = await create({ name: 'A', email: 'a@example.com', locale: 'de' });
    const change = { name: 'B', locale: null, phone_number: '+491700000009' };
    const { body } = await admin.call('PATCH', `users/${id}`, change);
    expect(body).toMatchObject({ ...change, email: 'a@example.com', username });
    const verified = await admin.call('PATCH', `users/${id}`, { email_verified: true });
    expect(verified.body).toMatchObject({ email: 'a@example.com', email_verified: true });
    const moved = await admin.call('PATCH', `users/${id}`, { email: 'b@example.com' });
    expect(moved.body).toMatchObject({ email_verified: false });
    const events = await eventually(
      () => audited('account.changed', id),
      (found) => found.length === 3,
    );
    expect(events.map(({ detail }) => detail)).toContainEqual({
      by: 'client shop',
      members: 'email_verified',
      before: '{"email_verified":false}',
      after: '{"email_verified":true}',
    });
    expect((await admin.call('PATCH', `users/${id}`, { accountId: ALICE })).status).toBe(400);
  });

  it('leaves to the bootstrap file what that says at each start', async () => {
    const change = (body: object) => admin.call('PATCH', `users/${ALICE}`, body);
    expect((await change({ groups: ['staff'] })).status).toBe(409);
    expect((await admin.call('POST', `users/${ALICE}/erase`)).status).toBe(409);
    expect((await change({ name: 'Alice Adams' })).body).toMatchObject({
      name: 'Alice Adams',
      source: 'file',
    });
  });

  it('disables at once and whole, and lets sign in again', async () => {
    const { account_id: id } = await create({ password: PASSWORD });
    const browser = new FakeBrowser();
    const grant = await grantTo(server, await signIn(server, browser, id), 'web', [
      'openid',
      'offline_access',
    ]);
    expect((await admin.call('GET', `users/${id}`)).body).toMatchObject({ sessions: 1, grants: 1 });
    const disabled = await admin.call('POST', `users/${id}/disable`, { reason: 'left' });
    expect(disabled.body).toMatchObject({ status: 'disabled' });
    expect(await passes(PASSWORD)).toBe('refused');
    const sessions = server.app.get(SessionService, { strict: false });
    expect(await sessions.find(browser.request)).toBeNull();
    const ended = await server.app.get(GrantStore, { strict: false }).find(grant.grantId);
    expect(ended?.cause).toEqual({ reason: 'left', by: 'client shop' });
    const [event] = await audited('account.disabled', id);
    expect(event).toMatchObject({ reason: 'left', detail: { by: 'client shop', sessions: 1 } });

    const again = await admin.call('POST', `users/${id}/disable`);
    expect(again.body['disabled_at']).toBe(disabled.body['disabled_at']);
    expect((await admin.call('POST', `users/${id}/enable`)).body).toMatchObject({
      status: 'enabled',
      disabled_at: null,
    });
    expect(await passes(PASSWORD)).toBe('authenticated');
    expect((await admin.call('GET', `users/${id}`)).body).toMatchObject({ sessions: 0, grants: 0 });
  });

  it('lets a person choose a password by a link, once', async () => {
    const user = await create({ password_link: 'response' });
    expect(await passes(PASSWORD)).toBe('refused');
    const link = new URL(String(user['password_link']));
    const browser = new TestBrowser(server);
    await browser.get(`${link.pathname}${link.search}`);
    const done = await browser.submit(await browser.get('/password/reset'), CHOSEN);
    expect(done.html).toContain('Your password is changed');
    expect(await passes(CHOSEN.password)).toBe('authenticated');
    const events = await audited('password_link.issued', user.account_id);
    expect(JSON.stringify(events)).not.toContain(link.searchParams.get('token'));
    const late = new TestBrowser(server);
    await late.get(`${link.pathname}${link.search}`);
    expect((await late.get('/password/reset')).status).toBe(404);
  });

  it('takes a password back, ends what is signed in, and mails the way to another one', async () => {
    const email = `${username}@example.com`;
    const { account_id: id } = await create({ password: PASSWORD, email, email_verified: true });
    const browser = new FakeBrowser();
    await signIn(server, browser, id);
    const before = sink.mails.length;
    const { status, body } = await admin.call('POST', `users/${id}/require-new-password`);
    expect([status, body['password_link']]).toEqual([200, null]);
    expect(await passes(PASSWORD)).toBe('refused');
    expect(
      await server.app.get(SessionService, { strict: false }).find(browser.request),
    ).toBeNull();
    const mail = await sink.mail(before);
    expect(mail).toMatchObject({ to: [email] });
    expect(mail.text).toMatch(/\/password\/reset\?token=[\w-]{43}/);
    const [event] = await audited('password.changed', id);
    expect(event).toMatchObject({ reason: 'new_password_required', detail: { by: 'client shop' } });
  });

  it('mails nothing to an address that nobody has proven, and takes no password for that', async () => {
    const { account_id: id } = await create({ password: PASSWORD, email: 'c@example.com' });
    const refused = await admin.call('POST', `users/${id}/require-new-password`);
    expect(refused.status).toBe(409);
    expect(await passes(PASSWORD)).toBe('authenticated');
    const wish = { username: `${username}-b`, password_link: 'mail' };
    expect((await admin.call('POST', 'users', wish)).status).toBe(409);
    expect((await admin.call('GET', `users?username=${username}-b`)).body['items']).toEqual([]);
  });

  it('takes factors away, the recovery codes with the last one, and says which there were', async () => {
    const { account_id: id } = await create({ password: PASSWORD });
    const [one, other] = [randomUUID(), randomUUID()];
    for (const factorId of [one, other]) {
      await rows(
        `INSERT INTO factor (factor_id, account_id, kind, name, secret, key_version)
         VALUES ($1, $2, 'totp', 'My own phone', '\\x00', 1)`,
        [factorId, id],
      );
    }
    await rows(`INSERT INTO recovery_code (account_id, code_sha256) VALUES ($1, '\\x00')`, [id]);
    const shown = (await admin.call('GET', `users/${id}`)).body;
    expect(shown).toMatchObject({ recovery_codes_left: 1, factors: [{ kind: 'totp' }, {}] });
    expect(JSON.stringify(shown)).not.toMatch(/phone"|secret/);
    expect((await admin.call('DELETE', `users/${id}/factors/${one}`)).status).toBe(204);
    expect((await admin.call('DELETE', `users/${id}/factors/${one}`)).status).toBe(404);
    expect((await admin.call('DELETE', `users/${id}/factors`)).body).toEqual({ removed: 1 });
    expect((await admin.call('GET', `users/${id}`)).body).toMatchObject({
      factors: [],
      recovery_codes_left: 0,
    });
    const events = await eventually(
      () => audited('factor.removed', id),
      (found) => found.length === 2,
    );
    expect(events.map(({ detail }) => detail['factor_id']).sort()).toEqual([one, other].sort());
  });

  it('forgets wrong guesses', async () => {
    const { account_id: id } = await create({ password: PASSWORD });
    for (let guess = 0; guess < 5; guess += 1) await passes('wrong');
    expect(await passes(PASSWORD)).toBe('braked');
    expect((await admin.call('POST', `users/${id}/unlock`)).status).toBe(204);
    expect(await passes(PASSWORD)).toBe('authenticated');
  });

  it('forgets a person for good, and never gives the id again', async () => {
    const said = { name: 'Uma', email: `${username}@example.com`, email_verified: true };
    const { account_id: id } = await create({ ...said, password: PASSWORD, groups: ['staff'] });
    const session = await signIn(server, new FakeBrowser(), id);
    await grantTo(server, session, 'web', ['openid', 'offline_access']);
    const { status, body } = await admin.call('POST', `users/${id}/erase`, { reason: 'asked to' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'erased', name: null, email: null, has_password: false });
    for (const table of ['account', 'session', 'oauth_grant', 'consent', 'factor']) {
      const left = JSON.stringify(await rows(`SELECT * FROM ${table} WHERE account_id = $1`, [id]));
      expect([table, left]).toEqual([table, expect.not.stringContaining(username)]);
      expect([table, left]).toEqual([table, expect.not.stringContaining('Uma')]);
    }
    const [left] = await rows(
      'SELECT user_agent, address, ended_at IS NOT NULL AS ended FROM session WHERE sid = $1',
      [session.sid],
    );
    expect(left).toEqual({ user_agent: null, address: null, ended: true });

    const again = await admin.call('POST', `users/${id}/erase`);
    expect(again.body['erased_at']).toBe(body['erased_at']);
    expect((await admin.call('POST', `users/${id}/enable`)).status).toBe(409);
    expect((await admin.call('PATCH', `users/${id}`, { name: 'Uma' })).status).toBe(409);
    const late = rows('UPDATE account SET name = $2 WHERE account_id = $1', [id, 'Uma']);
    await expect(late).rejects.toThrow(/account_erased/);
    // What they were called is free, and is somebody else.
    expect((await create(said)).account_id).not.toBe(id);
    expect((await admin.call('GET', 'users?status=erased')).body['items']).toContainEqual(
      expect.objectContaining({ account_id: id }),
    );
  });

  it('takes a declared password no more for one who was erased', async () => {
    const { account_id: id } = await create({ password: PASSWORD });
    await admin.call('POST', `users/${id}/erase`);
    const hash = await server.app.get(PasswordHasher, { strict: false }).hash(PASSWORD);
    const set = rows('UPDATE account SET password_hash = $2 WHERE account_id = $1', [id, hash]);
    await expect(set).rejects.toThrow(/account_erased/);
  });

  it('knows nobody by what is no id, or nobody’s', async () => {
    for (const id of ['any', '%00', randomUUID(), `${ALICE}'`]) {
      expect((await admin.call('GET', `users/${id}`)).status).toBe(404);
      for (const verb of ['disable', 'enable', 'erase', 'unlock', 'require-new-password']) {
        expect((await admin.call('POST', `users/${id}/${verb}`)).status).toBe(404);
      }
      expect((await admin.call('PATCH', `users/${id}`, {})).status).toBe(404);
      expect((await admin.call('DELETE', `users/${id}/factors`)).status).toBe(404);
    }
  });
});
