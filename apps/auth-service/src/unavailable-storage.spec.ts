import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRedis } from './storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from './storage/testing/test-database.js';
import { FaultProxy } from './testing/fault-proxy.js';
import { basic, SHARED_KEY, TestApplication } from './testing/test-application.js';

const TOKEN_REQUEST = { grant_type: 'client_credentials' };

async function expectUnavailable(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 503,
    body: {
      error: 'temporarily_unavailable',
      error_description: 'the server cannot answer now',
    },
  });
  expect(response.headers.get('retry-after')).toBe('2');
  expect(response.headers.get('cache-control')).toBe('no-store');
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(50)) {
    if (await condition()) return;
  }
  throw new Error('it did not come true within 15 seconds');
}

describeWithRedis('auth-service while storage is down', (redis) => {
  let database: TestDatabase;
  let postgresProxy: FaultProxy;
  let redisProxy: FaultProxy;
  let server: TestApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    postgresProxy = await FaultProxy.to(database.url);
    redisProxy = await FaultProxy.to(redis().url);
    server = await TestApplication.start({
      database: { ...database, url: postgresProxy.url },
      redis: { ...redis(), url: redisProxy.url },
      environment: SHARED_KEY,
    });
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([postgresProxy.close(), redisProxy.close()]);
    await database.drop();
  });

  const introspect = (token: string) =>
    server.post('/oauth2/introspect', { token }, basic('orders'));
  const revoke = (token: string) => server.post('/oauth2/revoke', { token }, basic('shop'));
  const ready = async () => {
    const response = await fetch(server.url('/health/ready'));
    return { status: response.status, body: (await response.json()) as object };
  };

  it.each(['refuse', 'hang'] as const)(
    'answers introspection 503 while Redis does %s, still issues tokens, and recovers by itself',
    async (fault) => {
      const { access_token } = await server.token('shop');
      redisProxy.become(fault);
      await expectUnavailable(introspect(access_token));
      expect((await server.token('shop')).token_type).toBe('Bearer');
      expect(await ready()).toMatchObject({
        status: 503,
        body: { error: { redis: { status: 'down' } } },
      });

      redisProxy.become('pass');
      await eventually(async () => (await introspect(access_token)).status === 200);
      expect(await ready()).toMatchObject({ status: 200 });
    },
  );

  it.each(['refuse', 'hang'] as const)(
    'accepts a revocation while Redis does %s, and never calls the token live afterwards',
    async (fault) => {
      const { access_token } = await server.token('shop');
      expect(await (await introspect(access_token)).json()).toMatchObject({ active: true });
      redisProxy.become(fault);
      expect((await revoke(access_token)).status).toBe(200);
      await expectUnavailable(introspect(access_token));

      redisProxy.become('pass');
      const seen: unknown[] = [];
      await eventually(async () => {
        const response = await introspect(access_token);
        seen.push(response.status === 200 ? await response.json() : 503);
        return response.status === 200;
      });
      expect(seen.at(-1)).toEqual({ active: false });
    },
  );

  it('relays what a crashed replica had only recorded', async () => {
    const other = await TestApplication.start({
      database,
      redis: redis(),
      environment: SHARED_KEY,
    });
    const { access_token } = await server.token('shop');
    expect(await (await introspect(access_token)).json()).toMatchObject({ active: true });
    // This replica records the revocation, cannot tell Redis, and is heard of no more.
    redisProxy.become('refuse');
    expect((await revoke(access_token)).status).toBe(200);
    await eventually(async () => {
      const response = await other.post(
        '/oauth2/introspect',
        { token: access_token },
        basic('orders'),
      );
      return ((await response.json()) as { active: boolean }).active === false;
    });
    await other.stop();
    redisProxy.become('pass');
  });

  it.each(['refuse', 'hang'] as const)(
    'answers 503 and never invalid_client while PostgreSQL does %s, and recovers by itself',
    async (fault) => {
      const { access_token } = await server.token('shop');
      await eventually(async () => (await introspect(access_token)).status === 200);
      postgresProxy.become(fault);
      // What needs no record goes on, for a caller that is known.
      expect(await (await introspect(access_token)).json()).toMatchObject({ active: true });
      expect((await server.token('shop')).token_type).toBe('Bearer');
      await Promise.all([
        expectUnavailable(server.post('/oauth2/token', TOKEN_REQUEST, basic('warehouse'))),
        expectUnavailable(server.post('/oauth2/token', TOKEN_REQUEST, basic('nobody', 'x'))),
        expectUnavailable(revoke(access_token)),
      ]);
      const { status, body } = await ready();
      expect(status).toBe(503);
      expect(body).toMatchObject({ error: { postgres: { status: 'down' } } });
      expect(JSON.stringify(body)).not.toMatch(/ECONN|127\.0\.0\.1|postgres:\/\//);
      expect((await fetch(server.url('/health/live'))).status).toBe(200);
      expect((await fetch(server.url('/.well-known/jwks.json'))).status).toBe(200);

      postgresProxy.become('pass');
      await eventually(async () => {
        const response = await server.post('/oauth2/token', TOKEN_REQUEST, basic('shop'));
        return response.status === 200;
      });
    },
  );
});
