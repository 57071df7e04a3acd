import { ALICE, BOB } from '../testing/bootstrap.fixture.js';
import { type Grant } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { SessionService } from '../session/session.service.js';
import { type Session } from '../session/session.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { FakeBrowser } from '../testing/fake.browser.js';
import { grantTo, idTokenOf, signIn } from '../testing/signed-in.fixture.js';
import { ISSUER, TestApplication } from '../testing/test-application.js';

const SIGNED_OUT_URI = 'https://web.example.com/signed-out';
const HOUSE_URI = 'https://house.example.com/signed-out';

describe('/oauth2/logout', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  let browser: FakeBrowser;
  let session: Session;
  let grant: Grant;
  let idToken: string;
  beforeEach(async () => {
    browser = new FakeBrowser();
    session = await signIn(server, browser);
    grant = await grantTo(server, session, 'web');
    idToken = await idTokenOf(server, grant);
  });

  async function send(
    path: string,
    init: RequestInit = {},
    from = browser,
  ): Promise<{ response: Response; html: string }> {
    const response = await fetch(server.url(path), {
      redirect: 'manual',
      ...init,
      headers: { ...(from.header && { cookie: from.header }), ...init.headers },
    });
    from.receive(response.headers.getSetCookie());
    return { response, html: await response.text() };
  }
  const ask = (query: Record<string, string>, from = browser) =>
    send(`/oauth2/logout?${new URLSearchParams(query).toString()}`, {}, from);
  const post = (path: string, form: Record<string, string>, headers = {}, from = browser) =>
    send(path, { method: 'POST', body: new URLSearchParams(form), headers }, from);

  const isSignedIn = async (from = browser) =>
    (await server.app.get(SessionService, { strict: false }).find(from.request)) !== null;

  function fieldsOf(html: string): Record<string, string> {
    const inputs = html.match(/<input[^>]*>/g) ?? [];
    return Object.fromEntries(
      inputs.map((input) => [
        /name="([^"]*)"/.exec(input)?.[1] ?? '',
        (/value="([^"]*)"/.exec(input)?.[1] ?? '').replaceAll('&amp;', '&'),
      ]),
    );
  }

  it('signs out at once where the hint is of this very session, and leads back with state', async () => {
    const cookie = browser.header;
    const { response } = await ask({
      id_token_hint: idToken,
      client_id: 'web',
      post_logout_redirect_uri: SIGNED_OUT_URI,
      state: 'a b&c#d',
    });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`${SIGNED_OUT_URI}?state=a%20b%26c%23d`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.getSetCookie()).toEqual([
      '__Host-keyward-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0',
    ]);
    browser.header = cookie;
    expect(await isSignedIn()).toBe(false);
  });

  it('revokes the grants of the session, but for those that outlive it', async () => {
    const offline = await grantTo(server, session, 'spa', ['openid', 'offline_access']);
    await ask({ id_token_hint: idToken });
    const grants = server.app.get(GrantService, { strict: false });
    expect((await grants.find(grant.grantId))?.revokedAt).toBeInstanceOf(Date);
    expect((await grants.find(offline.grantId))?.revokedAt).toBeNull();
  });

  it('says so on a page of its own where there is nowhere to lead', async () => {
    const { response, html } = await ask({ id_token_hint: idToken });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(html).toMatch(/signed out/i);
    expect(await isSignedIn()).toBe(false);
  });

  it.each([
    ['no hint', async () => ({})],
    ['a client_id alone', async () => ({ client_id: 'web' })],
    ['a hint that is none', async () => ({ id_token_hint: 'garbage' })],
    ['a forged hint', async () => ({ id_token_hint: `${idToken.slice(0, -6)}AAAAAA` })],
    [
      'the hint of another session of the same person',
      async () => {
        const other = await signIn(server, new FakeBrowser());
        return { id_token_hint: await idTokenOf(server, await grantTo(server, other, 'web')) };
      },
    ],
    [
      'the hint of another person',
      async () => {
        const other = await signIn(server, new FakeBrowser(), BOB);
        return { id_token_hint: await idTokenOf(server, await grantTo(server, other, 'web')) };
      },
    ],
    [
      'a hint with the sid of this session and another subject',
      async () => ({ id_token_hint: await idTokenOf(server, { ...grant, accountId: BOB }) }),
    ],
    ['a logout_hint', async () => ({ logout_hint: ALICE, ui_locales: 'de' })],
  ])('asks first, and changes nothing, with %s', async (_, query) => {
    const { response, html } = await ask(await query());
    expect(response.status).toBe(200);
    expect(html).toContain('action="/oauth2/logout/confirm"');
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await isSignedIn()).toBe(true);
  });

  it('signs out by the form of that page, and leads back', async () => {
    const target = { client_id: 'web', post_logout_redirect_uri: SIGNED_OUT_URI, state: 's' };
    const { html } = await ask(target);
    expect(fieldsOf(html)).toEqual({ ...target, form_token: expect.stringMatching(/^[\w-]{43}$/) });
    const { response } = await post('/oauth2/logout/confirm', fieldsOf(html), { origin: ISSUER });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`${SIGNED_OUT_URI}?state=s`);
    expect(await isSignedIn()).toBe(false);
  });

  it.each([
    ['no token', async () => [{}, {}]],
    ['an empty token', async () => [{ form_token: '' }, {}]],
    [
      'the token of another browser',
      async () => {
        const other = new FakeBrowser();
        await signIn(server, other);
        return [fieldsOf((await ask({}, other)).html), {}];
      },
    ],
    [
      'the token of a page about another session of this browser',
      async () => {
        const fields = fieldsOf((await ask({})).html);
        session = await signIn(server, browser, BOB);
        return [fields, {}];
      },
    ],
    [
      'its own token, posted by another site',
      async () => [fieldsOf((await ask({})).html), { origin: 'https://evil.example' }],
    ],
  ] as [string, () => Promise<[Record<string, string>, Record<string, string>]>][])(
    'signs nobody out by a form with %s (CSRF)',
    async (_, prepare) => {
      const [form, headers] = await prepare();
      const { response } = await post('/oauth2/logout/confirm', form, headers);
      expect(response.status).toBe(403);
      expect(await isSignedIn()).toBe(true);
    },
  );

  it.each([
    ['another path', `${SIGNED_OUT_URI}/more`],
    ['a query', `${SIGNED_OUT_URI}?next=https://evil.example`],
    ['a fragment', `${SIGNED_OUT_URI}#x`],
    ['dot segments', 'https://web.example.com/x/../signed-out'],
    ['an encoded slash', 'https://web.example.com%2fsigned-out'],
    ['user information', 'https://web.example.com@evil.example/signed-out'],
    ['an upper-case host', 'https://WEB.example.com/signed-out'],
    ['another port', 'https://web.example.com:8443/signed-out'],
    ['plain http', 'http://web.example.com/signed-out'],
    ['another client’s', HOUSE_URI],
    ['a scheme-relative one', '//evil.example'],
    ['a backslash', 'https:\\\\evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['a line break', `${SIGNED_OUT_URI}\r\nx-injected: 1`],
    ['a NUL', `${SIGNED_OUT_URI}\0`],
    ['nothing of the kind', 'x'],
  ])('leads nowhere by a post_logout_redirect_uri with %s (open redirect)', async (_, uri) => {
    for (const [name, value] of [
      ['id_token_hint', idToken],
      ['client_id', 'web'],
    ] as const) {
      const { response, html } = await ask({ [name]: value, post_logout_redirect_uri: uri });
      expect(response.status).toBe(400);
      expect(response.headers.get('location')).toBeNull();
      expect(html).not.toContain('evil');
    }
    expect(await isSignedIn()).toBe(true);
    const { html } = await ask({ client_id: 'web' });
    const form = { ...fieldsOf(html), post_logout_redirect_uri: uri };
    const { response } = await post('/oauth2/logout/confirm', form);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it.each([
    ['without a client', { post_logout_redirect_uri: 'https://evil.example' }],
    ['of an unknown client', { client_id: 'x', post_logout_redirect_uri: SIGNED_OUT_URI }],
    ['of no possible client', { client_id: 'we\0b', post_logout_redirect_uri: SIGNED_OUT_URI }],
    [
      'beside a hint that is not genuine',
      { client_id: 'web', id_token_hint: 'x', post_logout_redirect_uri: SIGNED_OUT_URI },
    ],
  ])('ignores a redirect %s, signed in or not', async (_, query) => {
    const { html } = await ask(query);
    expect(html).not.toContain('evil');
    expect(Object.keys(fieldsOf(html))).toEqual(['form_token']);
    const anonymous = await ask(query, new FakeBrowser());
    expect(anonymous.response.status).toBe(200);
    expect(anonymous.response.headers.get('location')).toBeNull();
  });

  it('ignores the redirect of a disabled client', async () => {
    const query = { client_id: 'house', post_logout_redirect_uri: HOUSE_URI };
    const stranger = new FakeBrowser();
    expect((await ask(query, stranger)).response.headers.get('location')).toBe(HOUSE_URI);
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    await manager.query(`UPDATE client SET disabled_at = now() WHERE client_id = 'house'`);
    expect((await ask(query, stranger)).response.headers.get('location')).toBeNull();
  });

  it.each([
    ['a client_id that is not the hint’s', () => `id_token_hint=${idToken}&client_id=spa`],
    ['a repeated parameter', () => 'client_id=web&client_id=web'],
    ['a malformed query', () => 'client_id=%zz'],
  ])('refuses %s on a page', async (_, query) => {
    const { response } = await send(`/oauth2/logout?${query()}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await isSignedIn()).toBe(true);
  });

  it('sends a form of another site on to ask by GET, with what concerns it and no more', async () => {
    const form = { id_token_hint: idToken, state: 'ü', client_secret: 'kept out' };
    const { response } = await post('/oauth2/logout', form, { origin: 'https://web.example.com' });
    expect(response.status).toBe(303);
    const location = response.headers.get('location') ?? '';
    expect(location).toBe(
      `/oauth2/logout?${new URLSearchParams({ id_token_hint: idToken, state: 'ü' }).toString()}`,
    );
    expect(await isSignedIn()).toBe(true);
    expect((await send(location)).response.status).toBe(200);
    expect(await isSignedIn()).toBe(false);
    const long = await post('/oauth2/logout', { state: 'x'.repeat(9000) });
    expect(long.response.status).toBe(400);
  });

  it('signs nobody in by a hint, and answers who is not signed in as one who signed out', async () => {
    const stranger = new FakeBrowser();
    const { response } = await ask(
      { id_token_hint: idToken, post_logout_redirect_uri: SIGNED_OUT_URI },
      stranger,
    );
    expect(response.headers.get('location')).toBe(SIGNED_OUT_URI);
    expect(await isSignedIn(stranger)).toBe(false);
    expect(await isSignedIn()).toBe(true);
  });
});
