import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientStore } from '../client/client.store.js';
import { type Grant } from '../grant/grant.js';
import { GrantService } from '../grant/grant.service.js';
import { RefreshTokenService } from '../refresh-token/refresh-token.service.js';
import { SessionService } from '../session/session.service.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { ALICE, ORDERS } from '../testing/bootstrap.fixture.js';
import { FakeBrowser } from '../testing/fake.browser.js';
import { FaultProxy, type FaultProxyMode } from '../testing/fault-proxy.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';
import { signIn } from '../testing/signed-in.fixture.js';
import { basic, SHARED_KEY, TestApplication } from '../testing/test-application.js';

/** A replica, and what stands between it and Redis. */
interface Replica {
  readonly server: TestApplication;
  readonly proxy: FaultProxy;
}

// No connection breaks while Redis stands still, so no replica has a reason to look at the record.
describeWithRedis('what is revoked while Redis stands still', (redis) => {
  let database: TestDatabase;
  let revoking: Replica;
  let other: Replica;

  const start = async (): Promise<Replica> => {
    const proxy = await FaultProxy.to(redis().url);
    const server = await TestApplication.start({
      database,
      redis: { ...redis(), url: proxy.url },
      environment: SHARED_KEY,
    });
    return { server, proxy };
  };
  beforeAll(async () => {
    database = await createTestDatabase();
    [revoking, other] = [await start(), await start()];
  });
  const both = (mode: FaultProxyMode) =>
    [revoking, other].forEach(({ proxy }) => proxy.become(mode));
  afterEach(() => both('pass'));
  afterAll(async () => {
    for (const { server, proxy } of [revoking, other]) {
      await server.stop();
      await proxy.close();
    }
    await database.drop();
  });

  async function begin(): Promise<{ grantId: string; token: string }> {
    const { app } = revoking.server;
    const client = await app.get(ClientStore, { strict: false }).find('web');
    if (client === null) throw new Error('there is no client web');
    const grant: Grant = {
      ...{ grantId: randomUUID(), accountId: ALICE, clientId: 'web', sid: randomUUID() },
      ...{ scope: ['offline_access', 'orders:read'], resources: [ORDERS], acr: '1', amr: ['pwd'] },
      authenticatedAt: new Date(),
      expiresAt: new Date(Date.now() + 86_400_000),
    };
    await app.get(GrantService, { strict: false }).create(grant);
    const token = await app.get(RefreshTokenService, { strict: false }).issue(client, grant);
    return { grantId: grant.grantId, token: token ?? '' };
  }
  const refresh = async (token: string) => {
    const form = { grant_type: 'refresh_token', refresh_token: token };
    const response = await other.server.post('/oauth2/token', form, basic('web'));
    const body = (await response.json()) as { refresh_token?: string; access_token?: string };
    return { status: response.status, token: body.refresh_token, accessToken: body.access_token };
  };
  const introspect = async (token: string) => {
    const response = await other.server.post('/oauth2/introspect', { token }, basic('orders'));
    const body = (await response.json()) as { active?: boolean };
    return response.status === 200 ? body.active : response.status;
  };
  /** The first answer but 503. */
  async function settled<T>(attempt: () => Promise<T>, isPutOff: (answer: T) => boolean) {
    for (;;) {
      const answer = await attempt();
      if (!isPutOff(answer)) return answer;
      await sleep(20);
    }
  }

  // The other replica's look falls into the time before the revocation, beside it, or after it.
  it.each([0, 300, 600, 900])(
    'is refused by another replica from the answer on (%d ms later than the first)',
    async (offsetMs) => {
      const { grantId, token } = await begin();
      const first = await refresh(token);
      expect(first.status).toBe(200);
      expect(await introspect(first.accessToken ?? '')).toBe(true);
      await sleep(offsetMs);
      both('hang');
      const cause = { reason: 'test', by: 'server' };
      await revoking.server.app.get(GrantService, { strict: false }).revoke(grantId, cause);
      other.proxy.become('pass');
      const [refreshed, active] = await Promise.all([
        settled(
          () => refresh(first.token ?? ''),
          ({ status }) => status === 503,
        ),
        settled(
          () => introspect(first.accessToken ?? ''),
          (answer) => answer === 503,
        ),
      ]);
      expect(refreshed.status).toBe(400);
      expect(active).toBe(false);
    },
  );

  it('is told by another replica where only the one that revokes is cut off', async () => {
    const { grantId, token } = await begin();
    revoking.proxy.become('hang');
    const cause = { reason: 'test', by: 'server' };
    await revoking.server.app.get(GrantService, { strict: false }).revoke(grantId, cause);
    expect((await refresh(token)).status).toBe(400);
  });

  it.each([0, 500])('is a session that no copy brings back (%d ms later)', async (offsetMs) => {
    const browser = new FakeBrowser();
    const session = await signIn(revoking.server, browser);
    const sessions = other.server.app.get(SessionService, { strict: false });
    expect(await sessions.find(browser.request)).toMatchObject({ sid: session.sid });
    await sleep(offsetMs);
    both('hang');
    const { app } = revoking.server;
    await app.get(SessionService, { strict: false }).end(session.sid, 'test', ORIGIN);
    other.proxy.become('pass');
    expect(await sessions.find(browser.request)).toBeNull();
  });
});
