import { jest } from '@jest/globals';
import { ADMIN_CLIENTS_SCOPE } from '@keyward/oauth';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { RegistrationPurge } from '../dynamic-registration/registration.purge.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { administratedBootstrap } from '../testing/administration.fixture.js';
import { SECRETS } from '../testing/bootstrap.fixture.js';
import { CodeFlow } from '../testing/code-flow.js';
import { DocumentSite } from '../testing/document.site.js';
import { eventually } from '../testing/eventually.js';
import { ISSUER, TestApplication } from '../testing/test-application.js';

const CALLBACK = 'http://127.0.0.1:4321/callback';
const AGENT = {
  client_name: 'Agent',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};

describe('clients that publish what they are', () => {
  let server: TestApplication;
  let site: DocumentSite;
  let elsewhere: DocumentSite;
  beforeAll(async () => {
    [site, elsewhere] = [await DocumentSite.start(), await DocumentSite.start()];
    server = await TestApplication.start({
      bootstrap: administratedBootstrap(),
      environment: {
        AUTH_CLIENT_METADATA_DOCUMENTS: site.host,
        AUTH_CLIENT_METADATA_DOCUMENT_SCOPES: 'openid orders:read',
        AUTH_REGISTRATION_UNUSED_DAYS: '7',
      },
    });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await server.stop();
    await Promise.all([site.stop(), elsewhere.stop()]);
  });

  const query = <Row>(statement: string, values: unknown[] = []) =>
    server.app.get(PostgresDatabase, { strict: false }).manager.query<Row[]>(statement, values);
  const rowOf = async (clientId: string) =>
    (
      await query<Record<string, unknown>>('SELECT * FROM client WHERE client_id = $1', [clientId])
    )[0];
  const change = (clientId: string) => ({
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: 'orders:read',
    nonce: null,
  });
  const authorize = (clientId: string, redirectUri = CALLBACK) =>
    new CodeFlow(server).authorize({ ...change(clientId), redirect_uri: redirectUri });
  /** Behind everything that could be fresh still. */
  const later = () => {
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 301_000);
  };
  const refusalsOf = (clientId: string) =>
    query<{ reason: string }>(
      `SELECT reason FROM audit_event WHERE type = 'client.document_refused' AND client_id = $1`,
      [clientId],
    );
  const tokens = async (clientId: string) => {
    const flow = new CodeFlow(server);
    const code = await flow.code(change(clientId));
    const answer = await flow.redeem(
      code,
      { client_id: clientId, redirect_uri: CALLBACK },
      {} as never,
    );
    const body = (await answer.json()) as Record<string, string>;
    expect([answer.status, body['error_description']]).toEqual([200, undefined]);
    return body;
  };
  const refresh = (clientId: string, token: string | undefined) =>
    server.post('/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: token ?? '',
      client_id: clientId,
    });

  it('are what the metadata says, as long as they are allowed', async () => {
    const metadata = await fetch(server.url('/.well-known/oauth-authorization-server'));
    expect(await metadata.json()).toMatchObject({ client_id_metadata_document_supported: true });
  });

  it('are asked about with the host that answers for them, and get what the operator allows', async () => {
    const id = site.publish('/agent', { ...AGENT, scope: 'openid orders:read orders:write' });
    const flow = new CodeFlow(server);
    let page = await flow.authorize(change(id));
    const shown: string[] = [];
    for (let step = 0; step < 6 && page.location?.startsWith('/') === true; step += 1) {
      page = await flow.browser.get(page.location);
      shown.push(page.html);
      if (page.html.includes('name="password"')) {
        page = await flow.browser.submit(
          page,
          { username: 'alice', password: SECRETS['PASSWORD_OF_alice'] ?? '' },
          {
            origin: ISSUER,
          },
        );
      }
    }
    const text = shown.join('\n');
    expect(text).toContain(`the word of <bdi class="name">${site.host}</bdi>`);
    expect(text).toContain('any program could have asked');
    const { access_token, refresh_token, scope } = await tokens(id);
    expect([typeof access_token, typeof refresh_token, scope]).toEqual([
      'string',
      'string',
      'orders:read',
    ]);
    expect(await rowOf(id)).toMatchObject({
      source: 'document',
      first_party: false,
      name: 'Agent',
      scopes: ['openid', 'orders:read'],
      refresh_profile: 'mcp',
      logo_uri: null,
    });
  });

  it('are fetched once by any number of requests, and anew when the document is not fresh', async () => {
    const id = site.publish('/once', AGENT);
    await Promise.all(Array.from({ length: 8 }, () => authorize(id)));
    await authorize(id);
    expect(site.asked.get('/once')).toBe(1);
    site.publish('/once', { ...AGENT, client_name: 'Renamed' });
    later();
    expect((await authorize(id)).status).toBe(303);
    expect(site.asked.get('/once')).toBe(2);
    expect(await rowOf(id)).toMatchObject({ name: 'Renamed' });
    const types = await eventually(
      () => query(`SELECT type FROM audit_event WHERE client_id = $1`, [id]),
      (found) => found.length > 1,
    );
    expect(types).toEqual(
      expect.arrayContaining([{ type: 'client.registered' }, { type: 'client.changed' }]),
    );
  });

  it('keep redirect URIs of their own origin and of the device, and no other', async () => {
    const [own, foreign] = [site.url('/elsewhere'), 'https://evil.example/callback'];
    const uris = [CALLBACK, foreign, 'com.example.agent:/callback'];
    const id = site.publish('/uris', { ...AGENT, redirect_uris: uris });
    expect((await authorize(id)).status).toBe(303);
    expect((await authorize(id, CALLBACK.replace('4321', '5555'))).status).toBe(303);
    for (const uri of [foreign, own, 'com.example.agent:/callback']) {
      const { status, location } = await authorize(id, uri);
      expect([status, location]).toEqual([400, null]);
    }
    expect(await rowOf(id)).toMatchObject({ redirect_uris: [CALLBACK] });
  });

  let refused = 0;
  it.each<[string, object, RegExp]>([
    ['another client_id', { client_id: 'https://app.example.com/client' }, /^client_id/],
    ['no client_id', { client_id: null }, /^client_id/],
    ['no name', { client_name: null }, /^client_name/],
    ['an empty name', { client_name: '' }, /^client_name/],
    ['no redirect URI', { redirect_uris: null }, /^redirect_uris/],
    ['an empty list of redirect URIs', { redirect_uris: [] }, /^redirect_uris/],
    [
      'redirect URIs of others alone',
      { redirect_uris: ['https://evil.example/'] },
      /^redirect_uris/,
    ],
    ['a redirect URI that does something', { redirect_uris: ['javascript:a()'] }, /^redirect_uris/],
    ['a redirect URI with a fragment', { redirect_uris: [`${CALLBACK}#a`] }, /^redirect_uris/],
    ['a secret', { client_secret: 'known to all' }, /^client_secret/],
    ['the end of a secret', { client_secret_expires_at: 0 }, /^client_secret_expires_at/],
    [
      'client_secret_basic',
      { token_endpoint_auth_method: 'client_secret_basic' },
      /^token_endpoint_auth_method/,
    ],
    [
      'client_secret_post',
      { token_endpoint_auth_method: 'client_secret_post' },
      /^token_endpoint_auth_method/,
    ],
    [
      'client_secret_jwt',
      { token_endpoint_auth_method: 'client_secret_jwt' },
      /^token_endpoint_auth_method/,
    ],
    ['private_key_jwt without a key', { token_endpoint_auth_method: 'private_key_jwt' }, /jwks/],
    [
      'keys that are private',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] },
      },
      /the key/,
    ],
    [
      'keys at a place that is not asked',
      { jwks_uri: 'https://169.254.169.254/keys' },
      /^jwks_uri/,
    ],
    ['a scope that is not allowed', { scope: 'orders:write' }, /^scope/],
    ['a grant that asks nobody', { grant_types: ['client_credentials'] }, /^grant_types/],
    ['a response that is a token', { response_types: ['token'] }, /^response_types/],
    ['a page that does something', { client_uri: 'javascript:a()' }, /^client_uri/],
    ['a NUL', { client_name: 'a\0b' }, /text that is none/],
    ['half a character', { contacts: ['\ud800'] }, /text that is none/],
  ])('are none with %s in the document', async (_what, members, reason) => {
    refused += 1;
    const id = site.publish(`/refused/${refused}`, { ...AGENT, ...members });
    const { status, location, html } = await authorize(id);
    expect([status, location]).toEqual([400, null]);
    expect(html).toContain('the client is unknown or disabled');
    expect(await rowOf(id)).toBeUndefined();
    const [refusal] = await eventually(
      () => refusalsOf(id),
      ({ length }) => length > 0,
    );
    expect(refusal?.reason).toMatch(reason);
  });

  it.each(['[]', '"client"', '{', '', '\xff'])(
    'are none where the document is %j',
    async (body) => {
      site.answer('/broken', (_request, response) => {
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(Buffer.from(body, 'latin1'));
      });
      const { status, location } = await authorize(site.url('/broken'));
      expect([status, location]).toEqual([400, null]);
    },
  );

  it.each([
    ['a host that is not allowed', () => elsewhere.publish('/client', AGENT)],
    ['a query', () => `${site.publish('/client', AGENT)}?a`],
    ['a dot segment', () => site.publish('/client', AGENT).replace('/client', '/a/../client')],
    ['user information', () => site.publish('/client', AGENT).replace('//', '//a@')],
    ['no path', () => `${site.url('/')}`],
  ])('are not asked for at %s', async (_what, make) => {
    const id = make();
    const before = [...site.asked, ...elsewhere.asked];
    expect((await authorize(id)).status).toBe(400);
    expect([...site.asked, ...elsewhere.asked]).toEqual(before);
  });

  it('show what they are called as text', async () => {
    const id = site.publish('/hostile', { ...AGENT, client_name: '<script>alert(1)</script>' });
    const flow = new CodeFlow(server);
    const { location } = await flow.authorize(change(id));
    const { html } = await flow.browser.get(location ?? '');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('<script>alert');
  });

  it('are refused where a person is asked once the document is gone; what was allowed goes on', async () => {
    const id = site.publish('/gone', AGENT);
    const { refresh_token } = await tokens(id);
    site.remove('/gone');
    later();
    const refused = await authorize(id);
    expect([refused.status, refused.location]).toEqual([400, null]);
    jest.restoreAllMocks();
    expect((await refresh(id, refresh_token)).status).toBe(200);
  });

  it('are refused at the token endpoint as every client that is none', async () => {
    for (const id of [site.url('/nobody'), elsewhere.publish('/client', AGENT)]) {
      const answer = await refresh(id, 'a token');
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([
        401,
        'invalid_client',
      ]);
    }
  });

  it('stay out for good where an administrator disabled them, and are not asked for', async () => {
    const id = site.publish('/disabled', AGENT);
    const { refresh_token } = await tokens(id);
    const { access_token } = await server.token('shop', { scope: ADMIN_CLIENTS_SCOPE });
    const url = server.url(`/admin/clients/${encodeURIComponent(id)}/disable`);
    const disabled = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(disabled.status).toBeLessThan(300);
    expect((await refresh(id, refresh_token)).status).not.toBe(200);
    site.publish('/disabled', { ...AGENT, client_name: 'Another' });
    const asked = site.asked.get('/disabled');
    later();
    // Those who read it a moment ago may take it for what it was so long.
    const refused = await eventually(
      () => authorize(id),
      ({ status }) => status === 400,
    );
    expect(refused.status).toBe(400);
    expect(await rowOf(id)).toMatchObject({ disabled_at: expect.any(Date) as unknown });
    expect(site.asked.get('/disabled')).toBeLessThanOrEqual((asked ?? 0) + 1);
    await query(`UPDATE client SET updated_at = now() - interval '8 days' WHERE client_id = $1`, [
      id,
    ]);
    await server.app.get(RegistrationPurge, { strict: false }).purge();
    expect(await rowOf(id)).toBeDefined();
  });

  it('are what an administrator registered, where the id is taken', async () => {
    const id = site.publish('/taken', AGENT);
    const { access_token } = await server.token('shop', { scope: ADMIN_CLIENTS_SCOPE });
    const answer = await fetch(server.url('/admin/clients'), {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: id,
        name: 'By hand',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        scope: 'orders:read',
        redirect_uris: [CALLBACK],
      }),
    });
    expect([answer.status, await answer.text()]).toEqual([201, expect.any(String)]);
    expect((await authorize(id)).status).toBe(303);
    expect(site.asked.get('/taken')).toBeUndefined();
    expect(await rowOf(id)).toMatchObject({ name: 'By hand', source: 'api' });
  });

  it('push a request by the key in the document, before anybody knows them', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const key = { ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256', use: 'sig' };
    const id = site.publish('/signed', {
      ...AGENT,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key] },
    });
    const push = async (signer: typeof privateKey) => {
      const assertion = await new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: 'a' })
        .setIssuer(id)
        .setSubject(id)
        .setAudience(ISSUER)
        .setJti(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(signer);
      const form = new URLSearchParams(new CodeFlow(server).query(change(id)));
      form.set('client_assertion', assertion);
      form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      return server.post('/oauth2/par', form.toString());
    };
    expect((await push((await generateKeyPair('ES256')).privateKey)).status).toBe(401);
    expect((await push(privateKey)).status).toBe(201);
  });

  it('are forgotten where nobody ever allowed them anything, and come back by their document', async () => {
    const used = site.publish('/used', AGENT);
    await tokens(used);
    const unused = site.publish('/unused', AGENT);
    const young = site.publish('/young', AGENT);
    await Promise.all([authorize(unused), authorize(young)]);
    await query(
      `UPDATE client SET updated_at = now() - interval '8 days' WHERE client_id IN ($1, $2)`,
      [used, unused],
    );
    await server.app.get(RegistrationPurge, { strict: false }).purge();
    expect([await rowOf(used), await rowOf(young)]).toEqual([expect.anything(), expect.anything()]);
    expect(await rowOf(unused)).toBeUndefined();
    const back = await eventually(
      () => authorize(unused),
      ({ status }) => status === 303,
    );
    expect(back.status).toBe(303);
  });
});

describe('a server that takes no documents', () => {
  it('asks nobody for one, and does not say that it would', async () => {
    const site = await DocumentSite.start();
    const server = await TestApplication.start();
    try {
      const id = site.publish('/client', AGENT);
      const { status } = await new CodeFlow(server).authorize({
        client_id: id,
        redirect_uri: CALLBACK,
      });
      expect([status, site.asked.size]).toEqual([400, 0]);
      const metadata = await fetch(server.url('/.well-known/oauth-authorization-server'));
      expect(await metadata.json()).not.toHaveProperty('client_id_metadata_document_supported');
    } finally {
      await server.stop();
      await site.stop();
    }
  });
});
