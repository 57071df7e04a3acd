import { randomUUID } from 'node:crypto';
import { ADMIN_AUDIT_SCOPE, ADMIN_SESSIONS_SCOPE } from '@keyward/oauth';
import { Administrator } from '../testing/administrator.js';
import { administratedBootstrap } from '../testing/administration.fixture.js';
import { ALICE, BOB } from '../testing/bootstrap.fixture.js';
import { eventually } from '../testing/eventually.js';
import { FakeBrowser } from '../testing/fake.browser.js';
import { grantTo, signIn } from '../testing/signed-in.fixture.js';
import { TestApplication } from '../testing/test-application.js';

describe('sessions and grants by pages, and what became of one', () => {
  let server: TestApplication;
  let admin: Administrator;
  let auditor: Administrator;
  beforeAll(async () => {
    server = await TestApplication.start({ bootstrap: administratedBootstrap() });
    admin = await Administrator.of(server, ADMIN_SESSIONS_SCOPE);
    auditor = await Administrator.of(server, ADMIN_AUDIT_SCOPE);
  });
  afterAll(() => server.stop());

  const all = async (path: string) => {
    const found: Record<string, unknown>[] = [];
    for (let next = ''; ;) {
      const { status, body } = await admin.call('GET', `${path}&limit=2${next}`);
      expect(status).toBe(200);
      found.push(...(body['items'] as typeof found));
      if (body['next'] === undefined) return found;
      next = `&after=${String(body['next'])}`;
    }
  };

  it('lists each once, the latest first, of an account, a client, or one at the other', async () => {
    const [alice, bob] = [
      await signIn(server, new FakeBrowser()),
      await signIn(server, new FakeBrowser(), BOB),
    ];
    const later = await signIn(server, new FakeBrowser());
    const grants = [];
    for (const client of ['web', 'spa', 'web', 'web']) {
      grants.push((await grantTo(server, alice, client)).grantId);
    }
    const [first, ofSpa, third, last] = grants;
    const bobs = (await grantTo(server, bob, 'web')).grantId;
    await admin.call('POST', `grants/${third}/revoke`, { reason: 'a ticket' });

    const sessions = await all(`sessions?account_id=${ALICE}`);
    expect(sessions.map(({ sid }) => sid)).toEqual([later.sid, alice.sid]);
    const ids = async (query: string) =>
      (await all(`grants?${query}`)).map(({ grant_id }) => grant_id);
    expect(await ids(`account_id=${ALICE}`)).toEqual([last, ofSpa, first]);
    expect(await ids('client_id=web')).toEqual([bobs, last, first]);
    expect(await ids(`client_id=web&account_id=${ALICE}&status=all`)).toEqual([last, third, first]);
    const [ended] = (await all(`grants?account_id=${ALICE}&status=all`)).filter(
      ({ grant_id }) => grant_id === third,
    );
    expect(ended).toMatchObject({ reason: 'a ticket', by: 'client shop', account_id: ALICE });
  });

  it('tells what became of a grant, to who may read the record', async () => {
    const session = await signIn(server, new FakeBrowser());
    const { grantId } = await grantTo(server, session, 'web');
    await admin.call('POST', `grants/${grantId}/revoke`, { reason: 'explained' });
    const { body } = await eventually(
      () => auditor.call('GET', `grants/${grantId}/history`),
      (answer) => (answer.body['events'] as unknown[]).length > 0,
    );
    expect(body).toMatchObject({
      event: null,
      grant: { grant_id: grantId, account_id: ALICE, reason: 'explained' },
      events: [{ type: 'grant.revoked', reason: 'explained' }],
    });
    const [event] = body['events'] as { reference: string }[];
    const byReference = await auditor.call('GET', `grants/${event?.reference}/history`);
    expect(byReference.body).toMatchObject({ event, grant: { grant_id: grantId } });
    expect((await admin.call('GET', `grants/${grantId}/history`)).status).toBe(403);
    for (const reference of [randomUUID(), 'any', '%00']) {
      expect((await auditor.call('GET', `grants/${reference}/history`)).status).toBe(404);
    }
  });

  it.each([
    'sessions',
    'sessions?account_id=x',
    `sessions?account_id=${ALICE}&after=${btoa('now x').replaceAll('=', '')}`,
    'grants',
    'grants?status=all',
    'grants?client_id=web&status=gone',
    'grants?client_id=%00',
    'grants?clientid=web',
    `grants?client_id=web&after=${btoa(`9999999999999999 ${ALICE}`).replaceAll('=', '')}x`,
  ])('refuses %s', async (path) => {
    expect((await admin.call('GET', path)).status).toBe(400);
  });
});
