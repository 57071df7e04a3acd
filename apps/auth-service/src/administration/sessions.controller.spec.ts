import { randomUUID } from 'node:crypto';
import { ADMIN_AUDIT_SCOPE, ADMIN_SESSIONS_SCOPE, type TokenResponse } from '@keyward/oauth';
import { administratedBootstrap } from '../testing/administration.fixture.js';
import { ALICE } from '../testing/bootstrap.fixture.js';
import { eventually } from '../testing/eventually.js';
import { FakeBrowser } from '../testing/fake.browser.js';
import { grantTo, signIn } from '../testing/signed-in.fixture.js';
import { basic, TestApplication } from '../testing/test-application.js';

interface Listed {
  readonly sessions: { sid: string }[];
  readonly grants: { grant_id: string; revoked_at?: string; by?: string; reason?: string }[];
}

describe('administration of what is signed in, and of its record', () => {
  let server: TestApplication;
  let sessionsToken: string;
  let auditToken: string;
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: administratedBootstrap() });
  });
  beforeEach(async () => {
    sessionsToken = await tokenFor(ADMIN_SESSIONS_SCOPE);
    auditToken = await tokenFor(ADMIN_AUDIT_SCOPE);
  });
  afterAll(() => server.stop());

  async function tokenFor(scope: string): Promise<string> {
    const form = { grant_type: 'client_credentials', scope };
    const response = await server.post('/oauth2/token', form, basic('shop'));
    return ((await response.json()) as TokenResponse).access_token;
  }
  const get = (path: string, token: string) =>
    fetch(server.url(path), { headers: { authorization: `Bearer ${token}` } });
  const revoke = (path: string, body: object = {}) =>
    fetch(server.url(`/admin/${path}/revoke`), {
      method: 'POST',
      headers: { authorization: `Bearer ${sessionsToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const list = async (): Promise<Listed> =>
    (await get(`/admin/accounts/${ALICE}/sessions`, sessionsToken)).json() as Promise<Listed>;
  const grantOf = async (grantId: string) =>
    (await list()).grants.find(({ grant_id }) => grant_id === grantId);
  const search = async (query: string) =>
    (await (await get(`/admin/audit?${query}`, auditToken)).json()) as {
      items: Record<string, unknown>[];
      next?: string;
    };

  it('shows sessions and grants, and ends one grant, one session, or all of an account', async () => {
    const first = await signIn(server, new FakeBrowser());
    const second = await signIn(server, new FakeBrowser());
    const [one, other] = [await grantTo(server, first, 'web'), await grantTo(server, first, 'web')];
    const third = await grantTo(server, second, 'web');
    const listed = await list();
    expect(listed.sessions.map(({ sid }) => sid)).toEqual(
      expect.arrayContaining([first.sid, second.sid]),
    );

    expect((await revoke(`grants/${one.grantId}`, { reason: 'a ticket' })).status).toBe(204);
    expect((await revoke(`grants/${one.grantId}`)).status).toBe(204);
    expect(await grantOf(one.grantId)).toMatchObject({ by: 'client shop', reason: 'a ticket' });
    expect((await grantOf(other.grantId))?.revoked_at).toBeUndefined();

    expect((await revoke(`sessions/${first.sid}`)).status).toBe(204);
    await eventually(
      () => grantOf(other.grantId),
      (grant) => grant?.revoked_at !== undefined,
    );
    expect((await list()).sessions.map(({ sid }) => sid)).not.toContain(first.sid);
    expect((await grantOf(third.grantId))?.revoked_at).toBeUndefined();

    expect((await revoke(`accounts/${ALICE}`)).status).toBe(204);
    await eventually(
      () => grantOf(third.grantId),
      (grant) => grant?.revoked_at !== undefined,
    );
    expect((await list()).sessions).toEqual([]);
  });

  it('tells nothing of what is not there, and refuses what is no reason', async () => {
    for (const id of [randomUUID(), 'x', '%00', '..']) {
      for (const kind of ['sessions', 'grants', 'accounts']) {
        expect([400, 404]).toContain((await revoke(`${kind}/${id}`)).status);
      }
    }
    expect((await revoke(`accounts/${ALICE}`, { reason: '' })).status).toBe(400);
    expect((await revoke(`accounts/${ALICE}`, { why: 'x' })).status).toBe(400);
  });

  it('finds what was done in the audit record, by pages and as a file', async () => {
    const session = await signIn(server, new FakeBrowser());
    const grants = [];
    for (let count = 0; count < 5; count += 1) grants.push(await grantTo(server, session, 'web'));
    for (const { grantId } of grants) await revoke(`grants/${grantId}`, { reason: 'audited' });
    const query = `type=grant.revoked&sid=${session.sid}`;
    const all = await eventually(
      () => search(query),
      ({ items }) => items.length === 5,
    );
    expect(all.items[0]).toMatchObject({ account_id: ALICE, detail: { by: 'client shop' } });

    const seen: unknown[] = [];
    let next: string | undefined;
    do {
      const page = await search(`${query}&limit=2${next === undefined ? '' : `&after=${next}`}`);
      seen.push(...page.items);
      next = page.next;
    } while (next !== undefined);
    expect(seen).toEqual(all.items);

    const file = await get(`/admin/audit/export?${query}`, auditToken);
    expect(file.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await file.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(all.items);
  });

  it.each([
    'tpye=grant.revoked',
    'type=a&type=b',
    'since=yesterday',
    'limit=0',
    'limit=1001',
    'after=x',
    'account_id=x',
  ])('refuses the search %s, and never finds everything instead', async (query) => {
    for (const path of ['audit', 'audit/export']) {
      expect((await get(`/admin/${path}?${query}`, auditToken)).status).toBe(400);
    }
  });

  it('keeps the two apart', async () => {
    expect((await get('/admin/audit', sessionsToken)).status).toBe(403);
    expect((await get(`/admin/accounts/${ALICE}/sessions`, auditToken)).status).toBe(403);
  });
});
