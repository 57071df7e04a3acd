import { randomUUID } from 'node:crypto';
import { ADMIN_CLIENTS_SCOPE, ADMIN_KEYS_SCOPE, type TokenResponse } from '@keyward/oauth';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { eventually } from '../testing/eventually.js';
import { administratedBootstrap } from '../testing/administration.fixture.js';
import { basic, TestApplication } from '../testing/test-application.js';

const TEMPLATE = {
  name: 'New shop',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials'],
  scope: 'orders:read',
};

interface Answer {
  readonly status: number;
  readonly tag: string | null;
  readonly body: Record<string, unknown>;
}

describe('administration of clients', () => {
  let server: TestApplication;
  let token: string;
  let id: string;
  /** A client of each test's own. */
  let metadata: typeof TEMPLATE & { readonly client_id: string };
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: administratedBootstrap() });
  });
  beforeEach(async () => {
    token = await tokenFor(ADMIN_CLIENTS_SCOPE);
    id = `shop-${randomUUID()}`;
    metadata = { ...TEMPLATE, client_id: id };
  });
  afterAll(() => server.stop());

  async function tokenFor(scope: string): Promise<string> {
    const form = { grant_type: 'client_credentials', scope };
    const response = await server.post('/oauth2/token', form, basic('shop'));
    return ((await response.json()) as TokenResponse).access_token;
  }

  async function call(
    method: string,
    path: string,
    body?: object | string,
    ifMatch?: string,
  ): Promise<Answer> {
    const response = await fetch(server.url(`/admin/clients${path}`), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
    const tag = response.headers.get('etag');
    return { status: response.status, tag, body: (await response.json()) as Answer['body'] };
  }

  async function obtain(clientId: string, secret: string): Promise<number> {
    const form = { grant_type: 'client_credentials', scope: 'orders:read' };
    const headers = { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` };
    return (await server.post('/oauth2/token', form, headers)).status;
  }

  const audited = async (type: string) =>
    server.app
      .get(PostgresDatabase, { strict: false })
      .manager.query<{ detail: Record<string, string> }[]>(
        'SELECT client_id, detail FROM audit_event WHERE type = $1 AND client_id = $2',
        [type, id],
      );

  it('registers one, shows its secret once, and the client can ask for tokens at once', async () => {
    const { status, body } = await call('POST', '', metadata);
    expect(status).toBe(201);
    const secret = String(body['client_secret']);
    expect(secret).toMatch(/^kws_[\w-]{43}$/);
    expect(await obtain(id, secret)).toBe(200);

    const found = await call('GET', `/${id}`);
    expect(found.body).toMatchObject({ ...metadata, source: 'api' });
    expect(JSON.stringify(found.body)).not.toContain(secret.slice(4));
    const events = await eventually(
      () => audited('client.registered'),
      (rows) => rows.length > 0,
    );
    expect(events).toMatchObject([{ client_id: id, detail: { by: 'client shop' } }]);
    expect(JSON.stringify(events)).not.toContain(secret.slice(4));
    expect((await call('POST', '', metadata)).status).toBe(409);
  });

  it('chooses an id where none is given', async () => {
    const { body } = await call('POST', '', TEMPLATE);
    expect(body['client_id']).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
  });

  it.each<[string, object | string, string, RegExp]>([
    ['an unknown member', { ...TEMPLATE, admin: true }, 'invalid_request', /admin/],
    ['a secret of their own', { ...TEMPLATE, client_secret: 'x' }, 'invalid_request', /secret/],
    ['no name', { ...TEMPLATE, name: undefined }, 'invalid_request', /name/],
    [
      'a scope that nobody offers',
      { ...TEMPLATE, scope: 'no:such' },
      'invalid_client_metadata',
      /no:such/,
    ],
    [
      'a resource that is none',
      { ...TEMPLATE, own_resource: 'urn:no' },
      'invalid_client_metadata',
      /urn:no/,
    ],
    [
      'several things at once',
      { ...TEMPLATE, redirect_uris: ['http://evil.example'], scope: 'no:such' },
      'invalid_client_metadata',
      /redirect_uris[^]*no:such/,
    ],
    [
      'a script for a URI',
      { ...TEMPLATE, grant_types: ['authorization_code'], redirect_uris: ['javascript:alert(1)'] },
      'invalid_client_metadata',
      /redirect_uris/,
    ],
    ['a member twice', '{"name":"a","name":"b"}', 'invalid_request', /duplicate/],
    ['what is no JSON', '{"name":', 'invalid_request', /JSON/],
    ['a list', '[]', 'invalid_request', /JSON/],
  ])('refuses %s, and says why', async (_, body, error, description) => {
    const answer = await call('POST', '', body);
    expect(answer).toMatchObject({ status: 400, body: { error } });
    expect(answer.body['error_description']).toMatch(description);
  });

  it('takes JSON alone, and nowhere else', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const form = await server.post('/admin/clients', metadata as never, headers);
    expect(form.status).toBe(400);
    const json = { ...basic('shop'), 'content-type': 'application/json' };
    expect((await server.post('/oauth2/token', '{}', json)).status).toBe(415);
  });

  it('replaces a client, keeps its secret, and audits what became different', async () => {
    const secret = String((await call('POST', '', metadata)).body['client_secret']);
    const changed = await call('PUT', `/${id}`, { ...metadata, name: 'Renamed' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Renamed' } });
    expect(changed.body['client_secret']).toBeUndefined();
    expect(await obtain(id, secret)).toBe(200);
    const [event] = await eventually(
      () => audited('client.changed'),
      (rows) => rows.length > 0,
    );
    expect(event?.detail).toEqual({
      by: 'client shop',
      before: '{"name":"New shop"}',
      after: '{"name":"Renamed"}',
    });
    const other = await call('PUT', `/${id}`, { ...metadata, client_id: 'else' });
    expect(other.status).toBe(400);
    expect((await call('PUT', '/absent', { ...metadata, client_id: 'absent' })).status).toBe(404);
  });

  it('keeps two administrators who read the same from undoing each other’s change', async () => {
    await call('POST', '', metadata);
    const tag = (await call('GET', `/${id}`)).tag ?? '';
    expect(tag).toMatch(/^"[\w-]{43}"$/);
    expect((await call('GET', `/${id}`)).tag).toBe(tag);
    const names = ['One', 'Two', 'Three', 'Four', 'Five'];
    const answers = await Promise.all(
      names.map((name) => call('PUT', `/${id}`, { ...metadata, name }, tag)),
    );
    const [won, ...others] = answers.filter(({ status }) => status === 200);
    expect(others).toEqual([]);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(names.length - 1);
    const now = await call('GET', `/${id}`);
    expect(now.body['name']).toBe(won?.body['name']);
    expect(now.tag).not.toBe(tag);
    // Who has read it again may go on, and who does not ask for it is not held to anything.
    const again = { ...metadata, name: 'Again' };
    expect((await call('PUT', `/${id}`, again, now.tag ?? '')).status).toBe(200);
    expect((await call('PUT', `/${id}`, { ...metadata, name: 'Last' })).status).toBe(200);
  });

  it.each<[string, (tag: string) => string, number]>([
    ['the tag among others', (tag) => `"x", W/"y" ,, ${tag}`, 200],
    ['anything that is there', () => '*', 200],
    ['another tag', () => '"x"', 412],
    ['the tag as a weak one, which nothing equals', (tag) => `W/${tag}`, 412],
    ['no tag', (tag) => tag.slice(1, -1), 400],
    ['half a list', (tag) => `${tag} ${tag}`, 400],
  ])('answers a change that is for %s', async (_case, header, status) => {
    await call('POST', '', metadata);
    const tag = (await call('GET', `/${id}`)).tag ?? '';
    const answer = await call('POST', `/${id}/disable`, undefined, header(tag));
    expect(answer.status).toBe(status);
    const { body } = await call('GET', `/${id}`);
    expect(body['disabled_at'] !== undefined).toBe(status === 200);
    if (status !== 200) expect(answer.body['error']).toBe('invalid_request');
  });

  it('holds a new secret to what was read, and tells of nobody who is not there', async () => {
    await call('POST', '', metadata);
    expect((await call('POST', `/${id}/secret`, {}, '"x"')).status).toBe(412);
    expect((await call('POST', '/absent/enable', undefined, '"x"')).status).toBe(404);
    expect(await audited('client.secret_rotated')).toEqual([]);
  });

  it('gives a new secret, beside which the one before is good for as long as is said', async () => {
    const first = String((await call('POST', '', metadata)).body['client_secret']);
    const rotated = await call('POST', `/${id}/secret`, { overlap_seconds: 3600 });
    const second = String(rotated.body['client_secret']);
    // Elsewhere it takes as long as a client is remembered; here nothing remembers it yet.
    expect(await obtain(id, second)).toBe(200);
    expect(await obtain(id, first)).toBe(200);
    expect(rotated.body['previous_secret_until']).toEqual(expect.any(String));

    await call('POST', `/${id}/secret`, {});
    const forget = async () => [await obtain(id, first), await obtain(id, second)];
    await eventually(forget, (statuses) => statuses.every((status) => status === 401));
    expect((await call('POST', `/${id}/secret`, { overlap_seconds: -1 })).status).toBe(400);
    expect((await call('POST', `/${id}/secret`, { overlap_seconds: 1e9 })).status).toBe(400);
    expect((await call('POST', '/absent/secret', {})).status).toBe(404);
  });

  it('disables a client with all that it has, and lets it begin anew', async () => {
    const secret = String((await call('POST', '', metadata)).body['client_secret']);
    expect(await obtain(id, secret)).toBe(200);
    expect((await call('POST', `/${id}/disable`)).body['disabled_at']).toEqual(expect.any(String));
    await eventually(
      () => obtain(id, secret),
      (status) => status === 401,
    );
    expect((await call('POST', `/${id}/enable`)).body['disabled_at']).toBeUndefined();
    await eventually(
      () => obtain(id, secret),
      (status) => status === 200,
    );
    expect((await call('POST', '/absent/disable')).status).toBe(404);
  });

  it('leaves what the bootstrap file declares to the file, but disables it', async () => {
    const declared = await call('GET', '/orders');
    expect(declared.body).toMatchObject({ source: 'file' });
    expect((await call('PUT', '/orders', { ...metadata, client_id: 'orders' })).status).toBe(409);
    expect((await call('POST', '/orders/secret', {})).status).toBe(409);
    expect((await call('POST', '/orders/disable')).status).toBe(200);
  });

  it('lists them by pages', async () => {
    const seen: unknown[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await call('GET', query);
      const items = body['items'] as { client_id: string }[];
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ client_id }) => client_id));
      if (body['next'] === undefined) break;
      query = `?limit=2&after=${String(body['next'])}`;
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toEqual(expect.arrayContaining(['orders', 'shop']));
    for (const bad of ['?limit=0', '?limit=501', '?limit=x', '?after=%00', '?after=a&after=b']) {
      expect((await call('GET', bad)).status).toBe(400);
    }
  });

  it('is one of twenty who register the same id at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', '', metadata)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  });

  it('is closed to who may do other things', async () => {
    token = await tokenFor(ADMIN_KEYS_SCOPE);
    expect((await call('GET', '')).status).toBe(403);
    expect((await call('POST', '', metadata)).status).toBe(403);
  });
});
