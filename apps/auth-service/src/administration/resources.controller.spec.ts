import { ADMIN_CLIENTS_SCOPE } from '@keyward/oauth';
import { ADMINISTRATION, administratedBootstrap } from '../testing/administration.fixture.js';
import { TestApplication } from '../testing/test-application.js';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { eventually } from '../testing/eventually.js';

const REPORTS = {
  identifier: 'https://reports.example.com',
  name: 'Reports',
  scopes: ['reports:read'],
};

describe('administration of resources', () => {
  let server: TestApplication;
  let token: string;
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: administratedBootstrap() });
    const form = { scope: ADMIN_CLIENTS_SCOPE, resource: ADMINISTRATION };
    token = (await server.token('shop', form)).access_token;
  });
  afterAll(() => server.stop());

  async function call(method: string, path: string, body?: object) {
    const response = await fetch(server.url(path), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const put = (body: object) => call('PUT', '/admin/resources', body);
  const audited = async () =>
    (await server.app
      .get(PostgresDatabase, { strict: false })
      .manager.query(
        `SELECT type, detail FROM audit_event WHERE type LIKE 'resource.%' ORDER BY reference`,
      )) as { type: string; detail: Record<string, string> }[];

  it('registers and changes a resource, whose scopes clients can have from then on', async () => {
    expect(await put(REPORTS)).toEqual({ status: 200, body: { ...REPORTS, source: 'api' } });
    const { status } = await call('POST', '/admin/clients', {
      client_id: 'reporter',
      name: 'Reporter',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      scope: 'reports:read',
    });
    expect(status).toBe(201);
    const more = { ...REPORTS, scopes: ['reports:read', 'reports:write'] };
    expect((await put(more)).status).toBe(200);
    // Once more is no change.
    expect((await put(more)).status).toBe(200);
    const { body } = await call('GET', '/admin/resources');
    expect(body['items']).toContainEqual({ ...more, source: 'api' });
    expect(body['items']).toContainEqual(
      expect.objectContaining({ identifier: ADMINISTRATION, source: 'file' }),
    );
    const events = await eventually(audited, ({ length }) => length > 1);
    expect(events).toEqual([
      {
        type: 'resource.registered',
        detail: { by: 'client shop', after: JSON.stringify(REPORTS) },
      },
      {
        type: 'resource.changed',
        detail: {
          by: 'client shop',
          before: JSON.stringify(REPORTS),
          after: JSON.stringify(more),
        },
      },
    ]);
  });

  it.each([
    ['of the bootstrap file', { ...REPORTS, identifier: ADMINISTRATION }, 409, /bootstrap file/],
    ['below the issuer', { ...REPORTS, identifier: `${ADMINISTRATION}/x` }, 409, /server itself/],
    ['with a scope of OpenID', { ...REPORTS, scopes: ['openid'] }, 400, /OpenID Connect's/],
    ['with the scope of the feed', { ...REPORTS, scopes: ['revocations:read'] }, 400, /issuer's/],
    ['with a scope twice', { ...REPORTS, scopes: ['a', 'a'] }, 400, /twice/],
    ['without scopes', { ...REPORTS, scopes: [] }, 400, /scopes/],
    ['that is no URI', { ...REPORTS, identifier: 'reports' }, 400, /identifier/],
    ['with a member that is none', { ...REPORTS, scope: 'a' }, 400, /scope/],
  ])('refuses a resource %s', async (_what, body, status, why) => {
    const answer = await put(body);
    expect(answer.status).toBe(status);
    expect(answer.body['error_description']).toMatch(why);
  });
});
