import { randomUUID } from 'node:crypto';
import { ADMIN_CLIENTS_SCOPE } from '@keyward/oauth';
import { exportJWK, generateKeyPair } from 'jose';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { administratedBootstrap } from '../testing/administration.fixture.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { eventually } from '../testing/eventually.js';
import { ISSUER, TestApplication } from '../testing/test-application.js';
import { RegistrationPurge } from './registration.purge.js';

const CALLBACK = 'https://agent.example.com/callback';
const AGENT = { client_name: 'Agent', redirect_uris: [CALLBACK] };
const PUBLIC = { ...AGENT, token_endpoint_auth_method: 'none' };
const TERMS = { description: 'agents', scope: 'openid orders:read offline_access', max_uses: 500 };

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly challenge: string | null;
}

describe('dynamic client registration', () => {
  let server: TestApplication;
  let initial: string;
  beforeAll(async () => {
    server = await TestApplication.start({
      bootstrap: administratedBootstrap(),
      environment: { AUTH_DYNAMIC_REGISTRATION: 'token', AUTH_REGISTRATION_UNUSED_DAYS: '7' },
    });
    initial = await issue();
  });
  afterAll(() => server.stop());

  async function call(method: string, path: string, token: string | null, body?: unknown) {
    const response = await fetch(server.url(path), {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? {} : JSON.parse(text)) as Answer['body'],
      challenge: response.headers.get('www-authenticate'),
    };
  }

  async function administer(path: string, body: object): Promise<Answer> {
    const { access_token } = await server.token('shop', { scope: ADMIN_CLIENTS_SCOPE });
    return call('POST', `/admin/registration-tokens${path}`, access_token, body);
  }

  async function issue(terms: object = {}): Promise<string> {
    const { body } = await administer('', { ...TERMS, ...terms });
    return String(body['initial_access_token']);
  }

  const register = (metadata: unknown, token: string | null = initial) =>
    call('POST', '/oauth2/register', token, metadata);
  const registered = async (metadata: object = PUBLIC) => {
    const { status, body } = await register(metadata);
    expect([status, body['error_description']]).toEqual([201, undefined]);
    const id = String(body['client_id']);
    return { id, body, token: String(body['registration_access_token']), path: pathOf(id) };
  };
  const pathOf = (id: string) => `/oauth2/register/${id}`;
  const query = <Row>(statement: string, values: unknown[] = []) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<Row[]>(statement, values);
  const authorize = async (clientId: string, redirectUri: string, scope: string) => {
    const parameters = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const url = server.url(`/oauth2/authorize?${parameters.toString()}`);
    const response = await fetch(url, { redirect: 'manual' });
    return { status: response.status, location: response.headers.get('location') ?? '' };
  };

  it('is what the metadata says, as long as it is on', async () => {
    const metadata = await call('GET', '/.well-known/oauth-authorization-server', null);
    expect(metadata.body['registration_endpoint']).toBe(`${ISSUER}/oauth2/register`);
  });

  it('registers a public client, which people are asked about from then on', async () => {
    const { id, body } = await registered({ ...PUBLIC, client_uri: 'https://agent.example.com/' });
    expect(body).toEqual({
      client_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      client_id_issued_at: expect.any(Number) as unknown,
      registration_access_token: expect.stringMatching(/^kwm_[\w-]{43}$/) as unknown,
      registration_client_uri: `${ISSUER}/oauth2/register/${id}`,
      client_name: 'Agent',
      client_uri: 'https://agent.example.com/',
      redirect_uris: [CALLBACK],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      scope: 'openid orders:read',
      dpop_bound_access_tokens: false,
      require_pushed_authorization_requests: false,
    });
    const { status, location } = await authorize(id, CALLBACK, 'openid orders:read');
    expect([status, location]).toEqual([303, expect.stringContaining('/interaction/')]);
    const [row] = await query('SELECT first_party, source FROM client WHERE client_id = $1', [id]);
    expect(row).toEqual({ first_party: false, source: 'registration' });
  });

  it('gives a confidential client a secret that authenticates it', async () => {
    const { id, body } = await registered(AGENT);
    expect(body).toMatchObject({
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret_expires_at: 0,
    });
    const secret = String(body['client_secret']);
    const headers = (password: string) => ({
      authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
    });
    expect((await server.post('/oauth2/revoke', { token: 'x' }, headers(secret))).status).toBe(200);
    expect((await server.post('/oauth2/revoke', { token: 'x' }, headers('y'))).status).toBe(401);
  });

  it('takes keys and a place where keys are', async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'a' }] };
    const method = { ...AGENT, token_endpoint_auth_method: 'private_key_jwt' };
    expect((await register({ ...method, jwks })).body).toMatchObject({ jwks });
    const jwks_uri = 'https://agent.example.com/jwks';
    expect((await register({ ...method, jwks_uri })).body).toMatchObject({ jwks_uri });
  });

  it('takes a client on the device for native, and leaves out what it does not know', async () => {
    const { body } = await registered({
      ...PUBLIC,
      client_name: null,
      redirect_uris: ['http://127.0.0.1:49152/callback', 'com.example.agent:/callback'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      made_up: 1,
    });
    expect(body).toMatchObject({
      application_type: 'native',
      client_name: 'An application without a name',
      grant_types: ['authorization_code', 'refresh_token'],
    });
    expect(body).not.toHaveProperty('made_up');
  });

  it('gives no scope and no grant type that the initial access token does not', async () => {
    const token = await issue({ scope: 'orders:read', grant_types: ['authorization_code'] });
    const wanted = 'openid orders:read orders:write admin:clients';
    const { body } = await register(
      { ...PUBLIC, scope: wanted, grant_types: ['authorization_code', 'refresh_token'] },
      token,
    );
    expect(body).toMatchObject({ scope: 'orders:read', grant_types: ['authorization_code'] });
    const { location } = await authorize(String(body['client_id']), CALLBACK, 'orders:write');
    expect(new URL(location).searchParams.get('error')).toBe('invalid_scope');
  });

  it.each<[string, string, object]>([
    ['invalid_redirect_uri', 'none', { redirect_uris: [] }],
    ['invalid_redirect_uri', 'no list', { redirect_uris: CALLBACK }],
    ['invalid_redirect_uri', 'a script', { redirect_uris: ['javascript:alert(1)'] }],
    ['invalid_redirect_uri', 'data', { redirect_uris: ['data:text/html,x'] }],
    ['invalid_redirect_uri', 'a file', { redirect_uris: ['file:///etc/passwd'] }],
    ['invalid_redirect_uri', 'http', { redirect_uris: ['http://agent.example.com/callback'] }],
    ['invalid_redirect_uri', 'a fragment', { redirect_uris: [`${CALLBACK}#x`] }],
    ['invalid_redirect_uri', 'a wildcard host', { redirect_uris: ['https://*.example.com/'] }],
    ['invalid_redirect_uri', 'dots', { redirect_uris: ['https://agent.example.com/a/../b'] }],
    ['invalid_redirect_uri', 'twice the same', { redirect_uris: [CALLBACK, CALLBACK] }],
    ['invalid_redirect_uri', 'a script', { post_logout_redirect_uris: ['javascript:x'] }],
    ['invalid_client_metadata', 'a script', { client_uri: 'javascript:alert(1)' }],
    ['invalid_client_metadata', 'a script', { logo_uri: 'javascript:alert(1)' }],
    ['invalid_client_metadata', 'data', { logo_uri: 'data:image/svg+xml,x' }],
    ['invalid_client_metadata', 'http', { tos_uri: 'http://agent.example.com/' }],
    ['invalid_client_metadata', 'a script', { policy_uri: 'javascript:alert(1)' }],
    ['invalid_client_metadata', 'a script', { 'policy_uri#de': 'javascript:alert(1)' }],
    ['invalid_client_metadata', 'a script', { sector_identifier_uri: 'javascript:alert(1)' }],
    ['invalid_client_metadata', 'a script', { request_uris: ['javascript:alert(1)'] }],
    ['invalid_client_metadata', 'a number', { initiate_login_uri: 1 }],
    ['invalid_client_metadata', 'metadata', { backchannel_logout_uri: 'https://169.254.169.254/' }],
    ['invalid_client_metadata', 'inwards', { backchannel_logout_uri: 'https://10.0.0.1/logout' }],
    [
      'invalid_client_metadata',
      'inwards',
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://[fd00::1]/jwks' },
    ],
    ['invalid_client_metadata', 'no keys', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['invalid_client_metadata', 'no method', { token_endpoint_auth_method: 'tls_client_auth' }],
    ['invalid_client_metadata', 'implicit', { response_types: ['token'] }],
    ['invalid_client_metadata', 'no person', { grant_types: ['client_credentials'] }],
    ['invalid_client_metadata', 'nothing left', { scope: 'orders:write' }],
    ['invalid_client_metadata', 'no scope value', { scope: 'a"b' }],
    ['invalid_client_metadata', 'no name', { client_name: 'x'.repeat(501) }],
    ['invalid_client_metadata', 'no name', { client_name: { en: 'Agent' } }],
    ['unapproved_software_statement', 'anybody’s', { software_statement: 'a.b.c' }],
  ])('answers %s to %s: %j', async (error, _what, change) => {
    const { status, body } = await register({ ...PUBLIC, ...change });
    expect([status, body['error']]).toEqual([400, error]);
  });

  it.each(['', '[]', '{"redirect_uris":[],"redirect_uris":[]}', '{', 'null'])(
    'answers invalid_request to the body %s',
    async (text) => {
      const { status, body } = await register(text);
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
    },
  );

  it('lets nobody register without an initial access token that is good', async () => {
    const { token } = await registered();
    const revoked = await administer('', TERMS);
    const again = await administer(`/${String(revoked.body['token_id'])}/revoke`, {});
    expect(again.body['revoked_at']).toEqual(expect.any(String));
    const revokedToken = String(revoked.body['initial_access_token']);
    expect(await register(PUBLIC, null)).toMatchObject({ status: 401, challenge: 'Bearer' });
    for (const other of ['x', `kwi_${'x'.repeat(43)}`, token, revokedToken]) {
      const answer = await register(PUBLIC, other);
      expect(answer.status).toBe(401);
      expect(answer.challenge).toContain('error="invalid_token"');
    }
    const expired = await issue();
    await query(
      `UPDATE registration_token SET expires_at = now() WHERE token_sha256 = sha256($1)`,
      [Buffer.from(expired)],
    );
    expect((await register(PUBLIC, expired)).status).toBe(401);
    const inBoth = await fetch(server.url(`/oauth2/register?access_token=${initial}`), {
      method: 'POST',
      headers: { authorization: `Bearer ${initial}`, 'content-type': 'application/json' },
      body: JSON.stringify(PUBLIC),
    });
    expect(inBoth.status).toBe(400);
  });

  it('registers as many at once as the token allows, and a refusal uses nothing up', async () => {
    const token = await issue({ max_uses: 2 });
    expect((await register({ ...PUBLIC, redirect_uris: [] }, token)).status).toBe(400);
    const answers = await Promise.all(Array.from({ length: 6 }, () => register(PUBLIC, token)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 201, 401, 401, 401, 401]);
  });

  it('keeps no token that could be presented', async () => {
    const { token } = await registered();
    const rows = await query(
      'SELECT row_to_json(t)::text AS t FROM registration_token t UNION ALL SELECT row_to_json(r)::text FROM client_registration r',
    );
    const kept = JSON.stringify(rows);
    for (const secret of [initial, token]) {
      expect(kept).not.toContain(secret.slice(4));
      expect(kept).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  it('shows a client its registration, and nobody else', async () => {
    const [one, other] = [await registered(AGENT), await registered()];
    const { status, body } = await call('GET', one.path, one.token);
    expect(status).toBe(200);
    const { client_secret: _secret, client_secret_expires_at: _end, ...shown } = one.body;
    expect(body).toEqual(shown);
    const tries = [
      [one.path, other.token],
      [one.path, initial],
      [pathOf(randomUUID()), one.token],
      [pathOf('web'), one.token],
      [pathOf('a%20b'), one.token],
    ] as const;
    for (const method of ['GET', 'DELETE']) {
      for (const [path, token] of tries) {
        expect([path, (await call(method, path, token)).status]).toEqual([path, 401]);
      }
    }
  });

  it('lets a client change what it is, within what it may be, with a new token', async () => {
    const { id, token, path } = await registered();
    const change = {
      client_id: id,
      ...PUBLIC,
      client_name: 'Better agent',
      redirect_uris: ['https://agent.example.com/other'],
      scope: 'orders:read orders:write',
      grant_types: ['authorization_code', 'refresh_token'],
    };
    const { status, body } = await call('PUT', path, token, change);
    expect(status).toBe(200);
    expect(body).toMatchObject({ client_name: 'Better agent', scope: 'orders:read' });
    const next = String(body['registration_access_token']);
    expect(next).not.toBe(token);
    expect((await authorize(id, CALLBACK, 'orders:read')).status).toBe(400);
    // An answer that was lost locks nobody out: the old one is good until the new one is seen.
    expect((await call('GET', path, token)).status).toBe(200);
    expect((await call('GET', path, next)).status).toBe(200);
    expect((await call('GET', path, token)).status).toBe(401);
    expect((await call('PUT', path, token, change)).status).toBe(401);
    const [event] = await eventually(
      () =>
        query<{ detail: Record<string, string> }>(
          `SELECT detail FROM audit_event WHERE type = 'client.changed' AND client_id = $1`,
          [id],
        ),
      (events) => events.length > 0,
    );
    expect(event?.detail['by']).toMatch(/^registration token /);
    expect(event?.detail['after']).toContain('Better agent');
  });

  it('makes a secret where a changed client needs one, and knows the one it has', async () => {
    const { id, token, path } = await registered();
    const confidential = { client_id: id, ...AGENT };
    const made = await call('PUT', path, token, confidential);
    expect(made.body['client_secret']).toMatch(/^kws_/);
    const next = String(made.body['registration_access_token']);
    const repeated = { ...confidential, client_secret: made.body['client_secret'] };
    const kept = await call('PUT', path, next, repeated);
    expect(kept.status).toBe(200);
    expect(kept.body).not.toHaveProperty('client_secret');
  });

  it.each<[string, object]>([
    ['another id', { client_id: 'web' }],
    ['no id', { client_id: undefined }],
    ['a secret of its own choice', { client_secret: 'mine' }],
    ['a token of its own choice', { registration_access_token: 'mine' }],
    ['a place of its own choice', { registration_client_uri: 'https://evil.example.com/' }],
    ['a time of its own choice', { client_id_issued_at: 0 }],
  ])('takes no change with %s', async (_what, members) => {
    const { id, token, path } = await registered();
    const answer = await call('PUT', path, token, { client_id: id, ...PUBLIC, ...members });
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_client_metadata']);
    expect((await call('GET', path, token)).status).toBe(200);
  });

  it('ends a client that takes its leave, with its token', async () => {
    const { id, token, path } = await registered();
    expect((await call('DELETE', path, token)).status).toBe(204);
    expect((await call('GET', path, token)).status).toBe(401);
    expect((await call('DELETE', path, token)).status).toBe(401);
    expect((await authorize(id, CALLBACK, 'orders:read')).status).toBe(400);
    const revoked = await query(`SELECT 1 FROM revocation WHERE kind = 'client' AND value = $1`, [
      id,
    ]);
    expect(revoked).toHaveLength(1);
  });

  it('shows a disabled client nothing, and lets administrators change none of them', async () => {
    const { id, token, path } = await registered();
    const { access_token } = await server.token('shop', { scope: ADMIN_CLIENTS_SCOPE });
    const replaced = await call('PUT', `/admin/clients/${id}`, access_token, {
      name: 'x',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      redirect_uris: [CALLBACK],
      scope: 'openid',
      first_party: true,
    });
    expect(replaced.status).toBe(409);
    await call('POST', `/admin/clients/${id}/disable`, access_token);
    expect((await call('GET', path, token)).status).toBe(401);
  });

  it('tells the operator who registered, and who was refused', async () => {
    const { id } = await registered();
    await register({ ...PUBLIC, redirect_uris: ['javascript:alert(1)'] });
    const events = await eventually(
      () =>
        query<{ type: string; client_id: string | null; detail: Record<string, string> }>(
          `SELECT type, client_id, detail FROM audit_event WHERE client_id = $1 OR type = 'client.registration_refused'`,
          [id],
        ),
      (found) => found.some(({ client_id }) => client_id === id),
    );
    for (const { detail } of events)
      expect(detail['by']).toMatch(/^registration token [0-9a-f-]+$/);
    expect(events.map(({ type }) => type)).toContain('client.registration_refused');
    expect(JSON.stringify(events)).not.toContain(initial.slice(4));
  });

  it('forgets after the time clients that nobody ever allowed anything, and those that left', async () => {
    const [unused, used, young, gone] = await Promise.all(
      Array.from({ length: 4 }, () => registered()),
    );
    if (!unused || !used || !young || !gone) throw new Error('four were registered');
    await query(
      `INSERT INTO consent (account_id, client_id, scope, resources) VALUES ($1, $2, '{}', '{}')`,
      [ALICE, used.id],
    );
    await call('DELETE', gone.path, gone.token);
    const old = [unused.id, used.id, gone.id];
    await query(
      `UPDATE client_registration SET created_at = now() - interval '8 days' WHERE client_id = ANY($1)`,
      [old],
    );
    await query(`UPDATE client SET disabled_at = now() - interval '8 days' WHERE client_id = $1`, [
      gone.id,
    ]);
    await server.app.get(RegistrationPurge, { strict: false }).purge();
    const left = await query<{ client_id: string }>(
      'SELECT client_id FROM client WHERE client_id = ANY($1)',
      [[...old, young.id]],
    );
    expect(left.map(({ client_id }) => client_id).sort()).toEqual([used.id, young.id].sort());
  });

  it.each<[string, object]>([
    ['a scope of the administration', { scope: 'orders:read admin:clients' }],
    ['a scope that nobody offers', { scope: 'nothing:at-all' }],
    ['no scope', { scope: '' }],
    ['a grant without a person', { grant_types: ['client_credentials'] }],
    ['no use', { max_uses: 0 }],
    ['a life without end', { expires_in: 10 ** 9 }],
    ['an unknown member', { scopes: 'orders:read' }],
  ])('issues no initial access token with %s', async (_what, change) => {
    const { status, body } = await administer('', { ...TERMS, ...change });
    expect([status, body['error']]).toEqual([400, 'invalid_request']);
  });

  it('lists initial access tokens without the tokens', async () => {
    const { access_token } = await server.token('shop', { scope: ADMIN_CLIENTS_SCOPE });
    const { body } = await call('GET', '/admin/registration-tokens?limit=2', access_token);
    expect(body['items']).toHaveLength(2);
    expect(JSON.stringify(body)).not.toMatch(/kwi_/);
    const path = `/admin/registration-tokens?after=${String(body['next'])}`;
    expect((await call('GET', path, access_token)).status).toBe(200);
    const foreign = Buffer.from('no id').toString('base64url');
    const other = await call('GET', `/admin/registration-tokens?after=${foreign}`, access_token);
    expect(other.status).toBe(200);
  });
});

describe('a server without dynamic registration', () => {
  it('has no such endpoint, and issues no token for it', async () => {
    const server = await TestApplication.start({ bootstrap: administratedBootstrap() });
    const { access_token } = await server.token('shop', { scope: ADMIN_CLIENTS_SCOPE });
    const send = (path: string, method = 'POST') =>
      fetch(server.url(path), {
        method,
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: JSON.stringify({ ...PUBLIC, ...TERMS }) }),
      });
    expect((await send('/oauth2/register')).status).toBe(404);
    expect((await send('/oauth2/register/x', 'GET')).status).toBe(404);
    const metadata = await send('/.well-known/openid-configuration', 'GET');
    expect(await metadata.json()).not.toHaveProperty('registration_endpoint');
    const token = await fetch(server.url('/admin/registration-tokens'), {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify(TERMS),
    });
    expect(token.status).toBe(409);
    await server.stop();
  });
});
