import { type TokenResponse } from '@keyward/oauth';
import { decodeJwt } from 'jose';
import { SessionService } from './session/session.service.js';
import { PostgresDatabase } from './storage/postgres/postgres.database.js';
import { describeWithRedis } from './storage/testing/describe-with-redis.js';
import { ALICE, BOB, ORDERS, SECRETS, WEB_REDIRECT_URI } from './testing/bootstrap.fixture.js';
import { CodeFlow, responseAt } from './testing/code-flow.js';
import { basic, ISSUER, SHARED_KEY, TestApplication } from './testing/test-application.js';
import { ORIGIN } from './testing/request-origin.fixture.js';

describe('the authorization code flow', () => {
  let server: TestApplication;
  let flow: CodeFlow;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    flow = new CodeFlow(server);
  });

  const tokensOf = async (response: Response) => {
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    return (await response.json()) as TokenResponse;
  };
  const refusalOf = async (response: Response) => ({
    status: response.status,
    error: ((await response.json()) as { error: string }).error,
  });
  const locationOf = async (change: Record<string, string | null>) =>
    new URL((await flow.authorize(change)).location ?? '', ISSUER);

  it('leads from a request over sign-in and consent to tokens about the person', async () => {
    const page = await flow.authorize();
    expect(page.location).toMatch(/^\/interaction\/[\w-]{22}\/sign-in$/);
    const response = responseAt(await flow.finish(page));
    expect(response).toMatchObject({
      state: 'a state',
      code: expect.stringMatching(/^[\w-]{43}$/),
    });

    const tokens = await tokensOf(await flow.redeem(response['code'] ?? ''));
    expect(tokens).toMatchObject({
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'openid orders:read',
    });
    const access = decodeJwt(tokens.access_token);
    expect(access).toMatchObject({
      sub: ALICE,
      client_id: 'web',
      aud: [ORDERS, ISSUER],
      scope: 'openid orders:read',
      grant_id: expect.stringMatching(/^[\da-f-]{36}$/),
      auth_time: expect.any(Number),
      acr: 'urn:keyward:acr:password',
      amr: ['pwd'],
    });
    expect(access).not.toHaveProperty('sid');
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({
      iss: ISSUER,
      sub: ALICE,
      aud: 'web',
      nonce: 'a nonce',
      auth_time: access['auth_time'],
      at_hash: expect.any(String),
      sid: expect.any(String),
    });
    const userinfo = await fetch(server.url('/oauth2/userinfo'), {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await userinfo.json()).toMatchObject({ sub: ALICE });
  });

  it('asks nothing twice: not who it is, not what was allowed, and not at another client of the house', async () => {
    await flow.code();
    const again = await locationOf({ prompt: 'none' });
    expect(responseAt(again)).toHaveProperty('code');
    const house = await locationOf({
      client_id: 'house',
      redirect_uri: 'https://house.example.com/callback',
    });
    expect(responseAt(house, 'https://house.example.com/callback')).toHaveProperty('code');
    const more = await locationOf({ scope: 'openid orders:read orders:write' });
    expect(more.pathname).toMatch(/consent$/);
  });

  it('has the person sign in again where the client says so, and choose', async () => {
    await flow.code();
    expect((await locationOf({ prompt: 'login' })).pathname).toMatch(/sign-in$/);
    expect((await locationOf({ max_age: '0' })).pathname).toMatch(/sign-in$/);
    expect((await locationOf({ prompt: 'consent' })).pathname).toMatch(/consent$/);
    expect((await locationOf({ prompt: 'select_account' })).pathname).toMatch(/account$/);
    expect(await flow.code({ prompt: 'login' })).toBeTruthy();
    expect(await flow.code({ max_age: '0' })).toBeTruthy();
    expect(await flow.code({ prompt: 'consent' })).toBeTruthy();
  });

  it('lets nobody but the hinted person through', async () => {
    const tokens = await tokensOf(await flow.redeem(await flow.code()));
    const hint = { id_token_hint: tokens.id_token ?? '' };
    expect(responseAt(await locationOf({ ...hint, prompt: 'none' }))).toHaveProperty('code');
    const other = new CodeFlow(server);
    await other.code({}, 'bob');
    const silent = await other.authorize({ ...hint, prompt: 'none' });
    expect(responseAt(new URL(silent.location ?? ''))).toMatchObject({ error: 'login_required' });
    expect((await other.authorize(hint)).location).toMatch(/sign-in$/);
    expect(decodeJwt(tokens.id_token ?? '').sub).not.toBe(BOB);
  });

  it('tells the client of a person who does not allow it', async () => {
    await flow.code();
    const page = await flow.authorize({ prompt: 'consent' });
    const consent = await flow.browser.get(page.location ?? '');
    const answer = await flow.browser.submit(consent, { decision: 'deny' });
    const denied = await flow.browser.get(answer.location ?? '');
    expect(responseAt(new URL(denied.location ?? ''))).toMatchObject({
      error: 'access_denied',
      state: 'a state',
    });
  });

  it('narrows the token to the resource that is asked for', async () => {
    const code = await flow.code();
    const tokens = await tokensOf(await flow.redeem(code, { resource: ORDERS }));
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: ORDERS, scope: 'orders:read' });
  });

  it('shows a page that can be posted where the client asks for a form', async () => {
    await flow.code();
    const { html, status } = await flow.authorize({ response_mode: 'form_post' });
    expect(status).toBe(200);
    expect(html).toContain(`action="${WEB_REDIRECT_URI}"`);
    expect(html).toMatch(/name="code" value="[\w-]{43}"/);
    expect(html).toContain(`name="iss" value="${ISSUER}"`);
  });

  it('takes a pushed request, bound to its client', async () => {
    const pushed = await server.post('/oauth2/par', flow.query(), basic('web'));
    expect(pushed.status).toBe(201);
    const { request_uri } = (await pushed.json()) as { request_uri: string };
    const start = (client_id: string) =>
      flow.browser.get(`/oauth2/authorize?${new URLSearchParams({ client_id, request_uri })}`);
    expect((await start('house')).status).toBe(400);
    const response = responseAt(await flow.finish(await start('web')));
    expect((await flow.redeem(response['code'] ?? '')).status).toBe(200);
    const used = await start('web');
    expect(used.status).toBe(400);
    expect(used.html).toContain('invalid_request_uri');
  });

  it('says to nobody but a person what it cannot tell a client, in a frame of nobody', async () => {
    const page = await flow.authorize({ redirect_uri: 'https://evil.example/' });
    expect(page.status).toBe(400);
    expect(page.location).toBeNull();
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.html).not.toContain('evil.example');
  });

  it.each<[string, Record<string, string | null>, number, string]>([
    ['verifier omitted after a challenge', { code_verifier: null }, 400, 'invalid_request'],
    ['another verifier', { code_verifier: 'a'.repeat(43) }, 400, 'invalid_grant'],
    ['redirect_uri omitted', { redirect_uri: null }, 400, 'invalid_request'],
    ['another redirect_uri', { redirect_uri: `${WEB_REDIRECT_URI}?a=b` }, 400, 'invalid_grant'],
    ['a resource not granted', { resource: 'urn:example:payments' }, 400, 'invalid_target'],
  ])('refuses a code with %s, and leaves it good', async (_, change, status, error) => {
    const code = await flow.code();
    expect(await refusalOf(await flow.redeem(code, change))).toEqual({ status, error });
    expect((await flow.redeem(code)).status).toBe(200);
  });

  it('refuses a verifier without challenge: there is no code to present it for', async () => {
    const change = { code_challenge: null, code_challenge_method: null };
    expect(responseAt(await locationOf(change))).toMatchObject({ error: 'invalid_request' });
  });

  it('refuses the code of another client, and leaves it good', async () => {
    const code = await flow.code();
    expect(await refusalOf(await flow.redeem(code, {}, basic('house')))).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
    expect((await flow.redeem(code)).status).toBe(200);
  });

  it('ends everything that came of a code presented twice', async () => {
    const code = await flow.code();
    const { access_token } = await tokensOf(await flow.redeem(code));
    expect(await refusalOf(await flow.redeem(code))).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
    const introspect = () =>
      server.post('/oauth2/introspect', { token: access_token }, basic('orders'));
    expect(await (await introspect()).json()).toEqual({ active: false });
  });

  it('gives nothing for a code whose person signed out in the meantime', async () => {
    const { id_token } = await tokensOf(await flow.redeem(await flow.code()));
    const code = await flow.code();
    const { sid } = decodeJwt<{ sid: string }>(id_token ?? '');
    await server.app.get(SessionService, { strict: false }).end(sid, 'signed_out', ORIGIN);
    expect(await refusalOf(await flow.redeem(code))).toEqual({
      status: 400,
      error: 'invalid_grant',
    });
  });

  it('refuses a second parameter of the token request', async () => {
    const code = await flow.code();
    for (const name of ['code', 'redirect_uri', 'code_verifier', 'grant_type']) {
      const form = `grant_type=authorization_code&code=${code}&code_verifier=${'a'.repeat(43)}&redirect_uri=a&${name}=x`;
      expect(await refusalOf(await server.post('/oauth2/token', form, basic('web')))).toEqual({
        status: 400,
        error: 'invalid_request',
      });
    }
    expect((await flow.redeem(code)).status).toBe(200);
  });

  it('records what it decided, and neither code nor verifier', async () => {
    const code = await flow.code();
    await flow.redeem(code);
    await flow.redeem(code);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const rows = (await server.app
      .get(PostgresDatabase, { strict: false })
      .manager.query('SELECT * FROM audit_event')) as { type: string }[];
    expect(rows.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['authorization.granted', 'code.redeemed', 'code.replayed']),
    );
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(JSON.stringify(rows)).not.toContain(SECRETS['PASSWORD_OF_alice']);
  });
});

describeWithRedis('the authorization code flow over two servers', (redis) => {
  it('gives exactly one of ten parallel redemptions tokens, and they do not live on', async () => {
    const first = await TestApplication.start({ redis: redis(), environment: SHARED_KEY });
    const second = await TestApplication.start({
      redis: redis(),
      database: first.database,
      environment: SHARED_KEY,
    });
    try {
      const [here, there] = [new CodeFlow(first), new CodeFlow(second)];
      const code = await here.code();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => (index % 2 ? here : there).redeem(code)),
      );
      const bodies = await Promise.all(answers.map((answer) => answer.json()));
      const won = bodies.filter((body) => 'access_token' in (body as object)) as TokenResponse[];
      expect(won).toHaveLength(1);
      expect(
        bodies.filter((body) => (body as { error?: string }).error === 'invalid_grant'),
      ).toHaveLength(9);
      for (const { access_token } of won) {
        const answer = await second.post(
          '/oauth2/introspect',
          { token: access_token },
          basic('orders'),
        );
        expect(await answer.json()).toEqual({ active: false });
      }
    } finally {
      await second.stop();
      await first.stop();
    }
  });
});
