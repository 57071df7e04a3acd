import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { ClientStore } from '../client/client.store.js';
import { GrantStore } from '../grant/grant.store.js';
import { GrantService } from '../grant/grant.service.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { age, disown } from '../storage/testing/redis-lineage.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { ALICE, ORDERS } from '../testing/bootstrap.fixture.js';
import { FaultProxy } from '../testing/fault-proxy.js';
import { basic, SHARED_KEY, TestApplication } from '../testing/test-application.js';
import { RefreshTokenCodec } from './refresh-token.codec.js';
import { RefreshTokenRotation } from './refresh-token.rotation.js';
import { RefreshTokenService } from './refresh-token.service.js';
import { RotationCheckpoints } from './rotation.checkpoints.js';
import { ORIGIN } from '../testing/request-origin.fixture.js';

const presented = (token: string) => ({ token, keyBinding: null, origin: ORIGIN });

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64url');
const keys = (value: string) => ({ ...SHARED_KEY, AUTH_REFRESH_TOKEN_KEYS: value });

async function begin({ app }: TestApplication) {
  const client = await app.get(ClientStore, { strict: false }).find('web');
  const grant = {
    grantId: randomUUID(),
    accountId: ALICE,
    clientId: 'web',
    sid: randomUUID(),
    scope: ['openid', 'offline_access', 'orders:read'],
    resources: [ORDERS],
    authenticatedAt: new Date(),
    acr: '1',
    amr: ['pwd'],
    expiresAt: new Date(Date.now() + 30 * 86_400_000),
  };
  if (client === null) throw new Error('there is no client web');
  await app.get(GrantService, { strict: false }).create(grant);
  const token = await app.get(RefreshTokenService, { strict: false }).issue(client, grant);
  return { grantId: grant.grantId, token: token ?? '' };
}

async function refresh(server: TestApplication, token: string) {
  const form = { grant_type: 'refresh_token', refresh_token: token };
  const response = await server.post('/oauth2/token', form, basic('web'));
  const body = (await response.json()) as { refresh_token?: string; error?: string };
  const retryAfter = response.headers.get('retry-after');
  return {
    status: response.status,
    retryAfter,
    error: body.error,
    token: body.refresh_token ?? '',
  };
}

async function untilDone(attempt: () => ReturnType<typeof refresh>) {
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(50)) {
    const answer = await attempt();
    if (answer.status !== 503) return answer;
    expect(answer).toMatchObject({ error: 'temporarily_unavailable', retryAfter: '2' });
  }
  throw new Error('it is still unavailable after 15 seconds');
}

describeWithRedis('refresh while storage is down', (redis) => {
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
  // One that failed half way must not fail the others.
  afterEach(() => [postgresProxy, redisProxy].forEach((proxy) => proxy.become('pass')));
  afterAll(async () => {
    await server.stop();
    await Promise.all([postgresProxy.close(), redisProxy.close()]);
    await database.drop();
  });

  const wait = (token: string, seconds: number) => {
    const content = server.app.get(RefreshTokenCodec, { strict: false }).decode(token);
    return age(redis(), content?.handle ?? Buffer.alloc(16), seconds * 1000);
  };

  it.each(['refuse', 'hang'] as const)(
    'answers 503 while Redis does %s, and the same token is good afterwards',
    async (fault) => {
      const { token } = await begin(server);
      redisProxy.become(fault);
      expect(await refresh(server, token)).toMatchObject({ status: 503, retryAfter: '2' });
      redisProxy.become('pass');
      expect((await untilDone(() => refresh(server, token))).status).toBe(200);
    },
  );

  it('goes on by what Redis holds while PostgreSQL is down, and records it afterwards', async () => {
    const rotation = server.app.get(RefreshTokenRotation, { strict: false });
    const checkpoints = server.app.get(RotationCheckpoints, { strict: false });
    const client = await server.app.get(ClientStore, { strict: false }).find('web');
    if (client === null) throw new Error('there is no client web');
    const { token } = await begin(server);
    postgresProxy.become('refuse');
    const second = await rotation.refresh(client, presented(token));
    const third = await rotation.refresh(client, presented(second.refreshToken));
    expect(third.grant.scope).toEqual(['openid', 'offline_access', 'orders:read']);
    await sleep(600);
    // Waiting, or on the way once more.
    expect(checkpoints.size).toBeGreaterThan(0);
    postgresProxy.become('pass');
    for (const end = Date.now() + 10_000; checkpoints.size > 0 && Date.now() < end;) {
      await sleep(50);
    }
    expect(checkpoints.size).toBe(0);
    expect(await refresh(server, third.refreshToken)).toMatchObject({ status: 200 });
  });

  it('answers a miss 503 and never invalid_grant while PostgreSQL is down', async () => {
    const rotation = server.app.get(RefreshTokenRotation, { strict: false });
    const client = await server.app.get(ClientStore, { strict: false }).find('web');
    if (client === null) throw new Error('there is no client web');
    const { token } = await begin(server);
    const content = server.app.get(RefreshTokenCodec, { strict: false }).decode(token);
    await disown(redis(), content?.handle ?? Buffer.alloc(16));
    postgresProxy.become('refuse');
    await expect(rotation.refresh(client, presented(token))).rejects.toMatchObject({ status: 503 });
    postgresProxy.become('pass');
    expect((await untilDone(() => refresh(server, token))).status).toBe(200);
  });

  it('applies a revocation that Redis missed before the first refresh', async () => {
    const { grantId, token } = await begin(server);
    redisProxy.become('refuse');
    await server.app
      .get(GrantService, { strict: false })
      .revoke(grantId, { reason: 'test', by: 'server' });
    expect(await refresh(server, token)).toMatchObject({ status: 503 });
    redisProxy.become('pass');
    expect(await untilDone(() => refresh(server, token))).toMatchObject({
      status: 400,
      error: 'invalid_grant',
    });
  });

  it('refuses what was revoked as PostgreSQL went down, and goes on with everything else', async () => {
    const rotation = server.app.get(RefreshTokenRotation, { strict: false });
    const grants = server.app.get(GrantStore, { strict: false });
    const client = await server.app.get(ClientStore, { strict: false }).find('web');
    if (client === null) throw new Error('there is no client web');
    const [ended, other] = [await begin(server), await begin(server)];
    const revoke = grants.revoke.bind(grants);
    jest.spyOn(grants, 'revoke').mockImplementationOnce(async (...args) => {
      await revoke(...args);
      postgresProxy.become('refuse');
    });
    const cause = { reason: 'test', by: 'server' };
    await expect(
      server.app.get(GrantService, { strict: false }).revoke(ended.grantId, cause),
    ).rejects.toMatchObject({ status: 503 });
    const { refreshToken } = await rotation.refresh(client, presented(other.token));
    await expect(rotation.refresh(client, presented(ended.token))).rejects.toMatchObject({
      code: 'invalid_grant',
    });
    postgresProxy.become('pass');
    expect(await untilDone(() => refresh(server, refreshToken))).toMatchObject({ status: 200 });
    expect(await untilDone(() => refresh(server, ended.token))).toMatchObject({ status: 400 });
  });

  it('answers a reuse only once the record holds that it ended the grant', async () => {
    const { grantId, token } = await begin(server);
    const second = await refresh(server, token);
    await wait(token, 60);
    const third = await refresh(server, second.token);
    await wait(token, 60);
    postgresProxy.become('refuse');
    for (const stolen of [token, third.token, token]) {
      expect(await refresh(server, stolen)).toMatchObject({ status: 503 });
    }
    postgresProxy.become('pass');
    expect(await untilDone(() => refresh(server, token))).toMatchObject({ status: 400 });
    expect(await refresh(server, third.token)).toMatchObject({ status: 400 });
    const recorded = await server.app.get(GrantService, { strict: false }).find(grantId);
    expect(recorded?.cause).toEqual({ reason: 'refresh_reused', by: 'server' });
  });
});

describeWithRedis('checkpoints of refresh rotation', (redis) => {
  it('are written before the process ends', async () => {
    const database = await createTestDatabase();
    const server = await TestApplication.start({
      database,
      redis: redis(),
      environment: SHARED_KEY,
    });
    let { token } = await begin(server);
    for (let i = 0; i < 3; i += 1) ({ token } = await refresh(server, token));
    await server.stop();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query('SELECT current_generation FROM refresh_rotation');
    expect(rows).toEqual([{ current_generation: '4' }]);
    await client.end();
    await database.drop();
  });
});

describeWithRedis('the keys of refresh tokens', (redis) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const start = (value: string) =>
    TestApplication.start({ database, redis: redis(), environment: keys(value) });

  it('change without logging anyone out, replica by replica', async () => {
    const old = await start(`1:${key(1)}`);
    const { token } = await begin(old);
    const fresh = await start(`1:${key(1)},2:${key(2)}`);
    const renewed = await refresh(fresh, token);
    expect(renewed.status).toBe(200);
    // The other replica was not given the new key yet: it cannot tell, and says so.
    expect(await refresh(old, renewed.token)).toMatchObject({ status: 503, retryAfter: '2' });
    expect(await refresh(old, token)).toMatchObject({ status: 200 });
    expect(await refresh(fresh, renewed.token)).toMatchObject({ status: 200 });
    await Promise.all([old.stop(), fresh.stop()]);
    const last = await start(`2:${key(2)}`);
    expect(await refresh(last, renewed.token)).toMatchObject({ status: 200 });
    expect(await refresh(last, token)).toMatchObject({ status: 400, error: 'invalid_grant' });
    await last.stop();
  });

  it('are refused at boot where the database knows another one', async () => {
    await (await start(`1:${key(1)}`)).stop();
    await expect(start(`1:${key(2)}`)).rejects.toThrow(/the key of version 1 for refresh tokens/);
    await expect(start(`2:${key(2)},1:${key(3)}`)).rejects.toThrow(/the key of version 1/);
    await (await start(`2:${key(2)},1:${key(1)}`)).stop();
  });
});
