import { type DeviceAuthorizationResponse } from '@keyward/oauth';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import {
  decideFor,
  deviceDocument,
  DeviceFlow,
  type JsonAnswer,
} from '../testing/device.fixture.js';
import { FaultProxy } from '../testing/fault-proxy.js';
import { SHARED_KEY, TestApplication } from '../testing/test-application.js';

const SCOPE = { scope: 'openid offline_access orders:read' };

describeWithRedis('devices at two servers', (redis) => {
  let database: TestDatabase;
  let postgres: FaultProxy;
  let hot: FaultProxy;
  let servers: [TestApplication, TestApplication];
  let tv: DeviceFlow;
  beforeAll(async () => {
    database = await createTestDatabase();
    postgres = await FaultProxy.to(database.url);
    hot = await FaultProxy.to(redis().url);
    const start = (url: string, redisUrl: string) =>
      TestApplication.start({
        database: { ...database, url },
        redis: { ...redis(), url: redisUrl },
        bootstrap: deviceDocument(),
        environment: SHARED_KEY,
      });
    servers = [await start(postgres.url, hot.url), await start(database.url, redis().url)];
    tv = new DeviceFlow(servers[0]);
  });
  afterEach(() => [postgres, hot].forEach((proxy) => proxy.become('pass')));
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await postgres.close();
    await hot.close();
    await database.drop();
  });

  const outcome = ({ status, headers, body }: JsonAnswer) =>
    `${status} ${String(body['error'])} ${headers.get('retry-after') ?? ''}`.trimEnd();
  const allowed = async (): Promise<DeviceAuthorizationResponse> => {
    const codes = await tv.begin(SCOPE);
    await decideFor(servers[1], codes);
    return codes;
  };
  /** Polls until there is a decision: a claim whose answer was lost comes back after ten seconds. */
  const redeemed = async (deviceCode: string): Promise<JsonAnswer> => {
    for (const end = Date.now() + 25_000; Date.now() < end; await sleep(100)) {
      const answer = await tv.poll(deviceCode);
      if (answer.status !== 503 && answer.body['error'] !== 'authorization_pending') return answer;
    }
    throw new Error('there is no answer after 25 seconds');
  };

  it('give exactly one of 20 parallel polls the tokens', async () => {
    const { device_code } = await allowed();
    const polls = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        new DeviceFlow(servers[index % 2 === 0 ? 0 : 1]).poll(device_code),
      ),
    );
    const [winner, ...others] = polls.sort((one, other) => one.status - other.status);
    expect(winner?.status).toBe(200);
    for (const other of others) {
      expect(outcome(other)).toMatch(/^400 (authorization_pending|invalid_grant)$/);
    }
    expect(outcome(await tv.poll(device_code))).toBe('400 invalid_grant');
    const refreshed = await servers[1].post('/oauth2/token', {
      grant_type: 'refresh_token',
      refresh_token: String(winner?.body['refresh_token']),
      client_id: 'tv',
    });
    expect(refreshed.status).toBe(200);
  });

  it('tell a device that polls at both of them that it is too fast', async () => {
    const { device_code } = await tv.begin();
    const polls = [await tv.poll(device_code), await new DeviceFlow(servers[1]).poll(device_code)];
    expect(polls.map(outcome)).toEqual(['400 authorization_pending', '400 slow_down']);
  });

  it.each(['refuse', 'hang'] as const)('lose nothing while Redis does %s', async (fault) => {
    const codes = await allowed();
    hot.become(fault);
    expect(outcome(await tv.poll(codes.device_code))).toBe('503 temporarily_unavailable 2');
    expect(outcome(await tv.ask(SCOPE))).toBe('503 temporarily_unavailable 2');
    hot.become('pass');
    expect((await redeemed(codes.device_code)).status).toBe(200);
  });

  it('lose nothing while PostgreSQL is away', async () => {
    const codes = await allowed();
    postgres.become('refuse');
    expect(outcome(await tv.poll(codes.device_code))).toBe('503 temporarily_unavailable 2');
    postgres.become('pass');
    const { status, body } = await redeemed(codes.device_code);
    expect([status, body['refresh_token']]).toEqual([200, expect.any(String)]);
  });

  it('go on where PostgreSQL went away between the grant and its refresh token', async () => {
    const codes = await allowed();
    const control = new Client({ connectionString: database.url });
    await control.connect();
    // The grant can be recorded and its lineage cannot: 53100, the disk is full.
    await control.query(`CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '53100'; END $$`);
    await control.query(
      'CREATE TRIGGER away BEFORE INSERT ON refresh_rotation FOR EACH ROW EXECUTE FUNCTION away()',
    );
    expect(outcome(await tv.poll(codes.device_code))).toBe('503 temporarily_unavailable 2');
    await control.query('DROP FUNCTION away() CASCADE');
    await control.end();
    const { status, body } = await redeemed(codes.device_code);
    expect([status, body['refresh_token']]).toEqual([200, expect.any(String)]);
    expect(outcome(await tv.poll(codes.device_code))).toBe('400 invalid_grant');
  });
});
