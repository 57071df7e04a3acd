import { type FastifyReply, type FastifyRequest } from 'fastify';
import { MFA_ACR, PASSWORD_ACR } from '../authentication/acr.js';
import { BrowserCookie } from '../interaction/browser.cookie.js';
import { signInPath } from '../interaction/interaction.paths.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { beginInteraction } from '../testing/begin-interaction.js';
import { ALICE, SECRETS } from '../testing/bootstrap.fixture.js';
import { TestProvider } from '../testing/test-provider.js';
import { type TestApplication } from '../testing/test-application.js';
import {
  buttonOf,
  problemOf,
  startWithUpstreams,
  UpstreamVisit,
} from '../testing/upstream.fixture.js';

const PASSWORD = SECRETS['PASSWORD_OF_alice'] ?? '';

describe('sign-in by an upstream provider', () => {
  let acme: TestProvider;
  let globex: TestProvider;
  let server: TestApplication;
  let visit: UpstreamVisit;
  let people = 0;
  beforeAll(async () => {
    [acme, globex] = [await TestProvider.start(), await TestProvider.start()];
    server = await startWithUpstreams(acme, globex);
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await Promise.all([acme.stop(), globex.stop()]);
  });
  beforeEach(() => {
    acme.reset(someone());
    globex.reset(someone());
    visit = new UpstreamVisit(server);
  });

  const someone = () => ({
    sub: `person-${(people += 1)}`,
    preferred_username: `Person.${people}`,
    name: `Person ${people}`,
    email: `person${people}@acme.example`,
    email_verified: true,
  });
  const query = <T>(statement: string, parameters: unknown[] = []) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<T[]>(statement, parameters);
  const sessionsOf = (username: string) =>
    query<{ acr: string; amr: string[] }>(
      `SELECT acr, amr FROM session JOIN account USING (account_id) WHERE username = $1`,
      [username],
    );
  const identities = (subject: unknown) =>
    query<{ account_id: string }>(`SELECT account_id FROM upstream_identity WHERE subject = $1`, [
      subject,
    ]);

  /** A token of a form that no page shows. */
  const tokenFor = (context: string) => {
    const cookie = `__Host-keyward-browser=${visit.browser.cookies.get('__Host-keyward-browser')}`;
    const request = { headers: { cookie } } as FastifyRequest;
    const cookies = server.app.get(BrowserCookie, { strict: false });
    return cookies.formToken(request, {} as FastifyReply, context);
  };

  it('makes an account for someone new, below the name of the provider, and knows them again', async () => {
    const { sub, name, email } = acme.person;
    const first = await visit.signIn(acme, 'acme');
    expect(first.html).toContain('asks for access');
    const [account] = await query<Record<string, unknown>>(
      `SELECT account.* FROM account JOIN upstream_identity USING (account_id) WHERE subject = $1`,
      [sub],
    );
    const username = `acme/person.${people - 1}`;
    expect(account).toMatchObject({ username, name, email, email_verified: true });
    expect(account?.['password_hash']).toBeNull();
    expect(await sessionsOf(username)).toEqual([{ acr: PASSWORD_ACR, amr: ['fed'] }]);

    await new UpstreamVisit(server).signIn(acme, 'acme');
    expect(await sessionsOf(username)).toHaveLength(2);
    expect(await identities(sub)).toHaveLength(1);
    // What is known already is not asked for again.
    expect(acme.requests.filter((path) => path === '/userinfo')).toHaveLength(1);
  });

  it('asks for what the specifications want, and keeps its secrets to itself', async () => {
    const url = new URL(await visit.leave('acme'));
    expect(`${url.origin}${url.pathname}`).toBe(`${acme.issuer}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'keyward',
      response_type: 'code',
      redirect_uri: 'https://login.example.com/upstream/callback/acme',
      scope: 'openid profile email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    const again = new URL(await new UpstreamVisit(server).leave('acme'));
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(again.searchParams.get(name)).not.toBe(url.searchParams.get(name));
    }
  });

  it('keeps the secret encrypted, and discovers a provider once for everybody', async () => {
    const [row] = await query<{ secret: Buffer }>(`SELECT secret FROM upstream LIMIT 1`);
    expect(row?.secret.toString('latin1')).not.toContain('upstream-secret');
    await Promise.all(Array.from({ length: 5 }, () => new UpstreamVisit(server).leave('acme')));
    expect(acme.requests.filter((path) => path.includes('well-known')).length).toBeLessThan(2);
  });

  it('makes one account of twenty first sign-ins at once', async () => {
    const { sub } = acme.person;
    const visits = Array.from({ length: 20 }, () => new UpstreamVisit(server));
    await Promise.all(visits.map((one) => one.signIn(acme, 'acme')));
    const [linked, ...others] = await identities(sub);
    expect(others).toEqual([]);
    const accounts = await query(`SELECT FROM account WHERE email = $1`, [acme.person['email']]);
    expect(accounts).toHaveLength(1);
    const sessions = await query(`SELECT FROM session WHERE account_id = $1`, [linked?.account_id]);
    expect(sessions).toHaveLength(20);
  });

  it('gives a username that is taken to nobody else', async () => {
    await visit.signIn(acme, 'acme');
    const taken = acme.person['preferred_username'];
    acme.reset({ ...someone(), preferred_username: taken });
    const second = new UpstreamVisit(server);
    await second.signIn(acme, 'acme');
    expect(second.isSignedIn).toBe(true);
    const rows = await query<{ username: string }>(
      `SELECT username FROM account WHERE username LIKE $1 ORDER BY username`,
      [`acme/${String(taken).toLowerCase()}%`],
    );
    expect(rows).toHaveLength(2);
    expect(rows[1]?.username).toMatch(/-[\da-f]{8}$/);
  });

  it('says that there is no account where the provider makes none', async () => {
    const page = await visit.signIn(globex, 'globex');
    expect(problemOf(page)).toBe('There is no account here for the one that you used.');
    expect(page.html).toContain('name="password"');
    expect(visit.isSignedIn).toBe(false);
    expect(await identities(globex.person['sub'])).toEqual([]);
  });

  it('lets nobody into an account that is disabled', async () => {
    await visit.signIn(acme, 'acme');
    await query(`UPDATE account SET disabled_at = now() WHERE email = $1`, [acme.person['email']]);
    const second = new UpstreamVisit(server);
    const page = await second.signIn(acme, 'acme');
    expect(problemOf(page)).toBe('That account cannot be used here.');
    expect(second.isSignedIn).toBe(false);
  });

  it('shows no password where a client wants none, and takes none', async () => {
    const page = await visit.arrive({
      client_id: 'spa',
      redirect_uri: 'https://spa.example.com/callback',
    });
    expect(page.html).not.toContain('name="password"');
    expect(page.html).not.toContain('data-passkey');
    const { action } = buttonOf(page, 'acme');
    const signIn = action.replace(/\/upstream\/.*/, '/sign-in');
    const [, id = ''] = /interaction\/([^/]+)/.exec(signIn) ?? [];
    const answer = await visit.browser.post(signIn, {
      form_token: tokenFor(`sign-in ${id}`),
      username: 'alice',
      password: PASSWORD,
    });
    expect(answer).toMatchObject({ status: 303, location: signIn });
    const form = { form_token: tokenFor(`passkey ${id}`) };
    const byPasskey = await visit.browser.post(`${signIn}/passkey`, form);
    expect(byPasskey).toMatchObject({ status: 303, location: signIn });
    expect(visit.isSignedIn).toBe(false);
  });

  it('is not offered by a client that did not choose it', async () => {
    const page = await visit.arrive({
      client_id: 'spa',
      redirect_uri: 'https://spa.example.com/callback',
    });
    expect(page.html).not.toContain('/upstream/globex');
    const { action, fields } = buttonOf(page, 'acme');
    const answer = await visit.browser.post(action.replace('acme', 'globex'), fields);
    expect(answer.location).toMatch(/\/sign-in\?problem=upstream-failed$/);
  });

  describe('where two factors are demanded', () => {
    const HOUSE = { client_id: 'house', redirect_uri: 'https://house.example.com/callback' };

    it('asks for the second one itself before anyone is signed in', async () => {
      const page = await visit.signIn(acme, 'acme', HOUSE);
      expect(page.html).toContain('authenticator');
      expect(visit.isSignedIn).toBe(false);
    });

    it.each([{ amr: ['pwd', 'mfa'] }, { acr: 'urn:acme:sure' }])(
      'believes %j of a provider that the operator believes',
      async (claims) => {
        acme.idTokenClaims = claims;
        const url = await visit.leave('acme', HOUSE);
        expect(new URL(url).searchParams.get('acr_values')).toBe('urn:acme:sure');
        const { location } = await visit.comeBack(acme.authorize(url));
        expect(location).toMatch(/^https:\/\/house\.example\.com\/callback\?code=/);
        const username = `acme/${String(acme.person['preferred_username']).toLowerCase()}`;
        expect(await sessionsOf(username)).toEqual([{ acr: MFA_ACR, amr: ['fed', 'mfa'] }]);
      },
    );

    it('believes it of no other', async () => {
      await query(
        `INSERT INTO upstream_identity (issuer, subject, account_id) VALUES ($1, $2, $3)`,
        [globex.issuer, globex.person['sub'], ALICE],
      );
      globex.idTokenClaims = { amr: ['mfa', 'otp', 'hwk', 'user'], acr: 'urn:acme:sure' };
      await visit.signIn(globex, 'globex', HOUSE);
      expect(visit.isSignedIn).toBe(false);
    });
  });

  describe('where the client wants the person to sign in anew', () => {
    it.each([
      [{ prompt: 'login' }, { prompt: 'login', max_age: '0' }],
      [{ max_age: '60' }, { max_age: '60' }],
      [{ prompt: 'select_account' }, { prompt: 'select_account' }],
    ])('passes %j on', async (change, expected) => {
      const { searchParams } = new URL(await visit.leave('acme', change));
      const asked = Object.fromEntries(searchParams);
      expect({ prompt: asked['prompt'], max_age: asked['max_age'] }).toEqual({
        prompt: undefined,
        max_age: undefined,
        ...expected,
      });
    });

    it.each([undefined, 3600])(
      'holds the provider to it, whose auth_time is %s seconds ago',
      async (ago) => {
        const now = Math.floor(Date.now() / 1000);
        acme.idTokenClaims = ago === undefined ? {} : { auth_time: now - ago };
        const page = await visit.signIn(acme, 'acme', { prompt: 'login' });
        expect(problemOf(page)).toBe('That did not work.');
        expect(visit.isSignedIn).toBe(false);

        acme.idTokenClaims = { auth_time: now };
        const url = await visit.choose(page, 'acme');
        await visit.comeBack(acme.authorize(url.location ?? ''));
        expect(visit.isSignedIn).toBe(true);
      },
    );
  });

  it('lets no one else in than the person whom the client named', async () => {
    const id = await beginInteraction(server, visit.browser, { hintedSubject: ALICE });
    const { location } = await visit.choose(await visit.browser.get(signInPath(id)), 'acme');
    const page = await visit.comeBack(acme.authorize(location ?? ''));
    expect(problemOf(page)).toBe('That account cannot be used here.');
    expect(visit.isSignedIn).toBe(false);
  });
});
