import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis } from './storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from './storage/testing/test-database.js';
import { CodeFlow, responseAt } from './testing/code-flow.js';
import { FaultProxy } from './testing/fault-proxy.js';
import { SHARED_KEY, TestApplication } from './testing/test-application.js';

describeWithRedis('the authorization code flow while storage is down', (redis) => {
  let database: TestDatabase;
  let postgresProxy: FaultProxy;
  let redisProxy: FaultProxy;
  let server: TestApplication;
  let flow: CodeFlow;

  beforeAll(async () => {
    database = await createTestDatabase();
    postgresProxy = await FaultProxy.to(database.url);
    redisProxy = await FaultProxy.to(redis().url);
    server = await TestApplication.start({
      database: { ...database, url: postgresProxy.url },
      redis: { ...redis(), url: redisProxy.url },
      environment: SHARED_KEY,
    });
    flow = new CodeFlow(server);
    await flow.code();
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([postgresProxy.close(), redisProxy.close()]);
    await database.drop();
  });

  async function eventually<T>(attempt: () => Promise<T>, isGood: (result: T) => boolean) {
    for (const end = Date.now() + 15_000; ; await sleep(50)) {
      const result = await attempt();
      if (isGood(result) || Date.now() > end) return result;
    }
  }

  it.each(['redis', 'postgres'] as const)(
    'answers 503 while %s is down, and the same code is good when it is back',
    async (which) => {
      const proxy = which === 'redis' ? redisProxy : postgresProxy;
      const code = await flow.code();
      proxy.become('refuse');
      const answer = await flow.redeem(code);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      proxy.become('pass');
      const again = await eventually(
        () => flow.redeem(code),
        ({ status }) => status !== 503,
      );
      expect(again.status).toBe(200);
    },
  );

  it('tells the client that no code can be kept, and answers when it can', async () => {
    redisProxy.become('refuse');
    const refused = await flow.authorize({ prompt: 'none' });
    expect(responseAt(new URL(refused.location ?? ''))).toMatchObject({
      error: 'temporarily_unavailable',
      state: 'a state',
    });
    redisProxy.become('pass');
    const { location } = await eventually(
      () => flow.authorize({ prompt: 'none' }),
      (answer) => answer.location?.includes('code=') ?? false,
    );
    expect(responseAt(new URL(location ?? ''))).toHaveProperty('code');
  });

  it('shows a page where the client cannot be looked up, and sends nobody anywhere', async () => {
    postgresProxy.become('refuse');
    const page = await flow.authorize();
    expect({ status: page.status, location: page.location }).toEqual({
      status: 503,
      location: null,
    });
    expect(page.headers.get('retry-after')).toBe('2');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    postgresProxy.become('pass');
    const { status } = await eventually(
      () => flow.authorize(),
      (answer) => answer.status === 303,
    );
    expect(status).toBe(303);
  });
});
