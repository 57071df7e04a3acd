import { jest } from '@jest/globals';
import { createClient } from 'redis';
import { PostgresDatabase } from '../storage/postgres/postgres.database.js';
import { describeWithRedis } from '../storage/testing/describe-with-redis.js';
import { createTestDatabase, type TestDatabase } from '../storage/testing/test-database.js';
import { ORDERS, PAYMENTS } from '../testing/bootstrap.fixture.js';
import { basic, SHARED_KEY, TestApplication } from '../testing/test-application.js';

async function isActive(server: TestApplication, token: string): Promise<boolean> {
  const response = await server.post('/oauth2/introspect', { token }, basic('orders'));
  expect(response.status).toBe(200);
  return ((await response.json()) as { active: boolean }).active;
}

async function revoke(server: TestApplication, clientId: string, token: string, more = {}) {
  const response = await server.post('/oauth2/revoke', { token, ...more }, basic(clientId));
  expect({ status: response.status, body: await response.text() }).toEqual({
    status: 200,
    body: '',
  });
  expect(response.headers.get('cache-control')).toBe('no-store');
}

describe('POST /oauth2/revoke', () => {
  let server: TestApplication;
  beforeAll(async () => {
    server = await TestApplication.start();
  });
  afterAll(() => server.stop());

  it('revokes a token of the client at once, and again without harm', async () => {
    const { access_token } = await server.token('shop');
    const other = await server.token('shop');
    await revoke(server, 'shop', access_token, { token_type_hint: 'refresh_token' });
    await revoke(server, 'shop', access_token, { token_type_hint: 'nonsense' });
    expect(await isActive(server, access_token)).toBe(false);
    expect(await isActive(server, other.access_token)).toBe(true);
  });

  it('leaves the token of another client alone and says nothing', async () => {
    const { access_token } = await server.token('shop');
    await revoke(server, 'warehouse', access_token);
    await revoke(server, 'orders', access_token);
    expect(await isActive(server, access_token)).toBe(true);
  });

  it('revokes a live token also where the clock of this replica says that it has expired', async () => {
    const { access_token } = await server.token('shop');
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 1_200_000);
    try {
      await revoke(server, 'shop', access_token);
    } finally {
      clock.mockRestore();
    }
    expect(await isActive(server, access_token)).toBe(false);
  });

  it('takes garbage without a word', async () => {
    await revoke(server, 'shop', 'garbage');
    await revoke(server, 'shop', 'a'.repeat(30_000));
  });

  it('keeps the record until the token has expired and 5 minutes more', async () => {
    const { access_token } = await server.token('shop');
    await revoke(server, 'shop', access_token);
    const { jti, exp } = JSON.parse(
      Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString(),
    ) as { jti: string; exp: number };
    const { manager } = server.app.get(PostgresDatabase, { strict: false });
    const [row] = await manager.query<object[]>(`SELECT * FROM revocation WHERE value = $1`, [jti]);
    expect(row).toMatchObject({
      kind: 'jti',
      reason: 'by client shop',
      expires_at: new Date((exp + 300) * 1000),
      audiences: [ORDERS, PAYMENTS],
      position: expect.any(String),
      relayed_at: expect.any(Date),
    });
  });

  it('remembers in a new process what the old one had in memory', async () => {
    const database = await createTestDatabase();
    const options = { database, environment: SHARED_KEY };
    const first = await TestApplication.start(options);
    const { access_token } = await first.token('shop');
    const other = await first.token('shop');
    await revoke(first, 'shop', access_token);
    await first.stop();
    const second = await TestApplication.start(options);
    expect(await isActive(second, access_token)).toBe(false);
    expect(await isActive(second, other.access_token)).toBe(true);
    await second.stop();
    await database.drop();
  });
});

describeWithRedis('revocation on Redis', (redis) => {
  let database: TestDatabase;
  let server: TestApplication;
  let replica: TestApplication;
  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { database, redis: redis(), environment: SHARED_KEY };
    [server, replica] = await Promise.all([
      TestApplication.start(options),
      TestApplication.start(options),
    ]);
  });
  afterAll(async () => {
    await Promise.all([server.stop(), replica.stop()]);
    await database.drop();
  });

  it('holds at another replica at once', async () => {
    const { access_token } = await server.token('shop');
    expect(await isActive(replica, access_token)).toBe(true);
    await revoke(server, 'shop', access_token);
    expect(await isActive(replica, access_token)).toBe(false);
  });

  it('holds when Redis loses everything that it knew', async () => {
    const { access_token } = await server.token('shop');
    const other = await replica.token('shop');
    await revoke(server, 'shop', access_token);
    const client = createClient({ url: redis().url });
    await client.connect();
    for await (const keys of client.scanIterator({ MATCH: `${redis().keyPrefix}*` })) {
      if (keys.length > 0) await client.del(keys);
    }
    await client.close();
    const answers = await Promise.all(
      [server, replica, server, replica].map((at) => isActive(at, access_token)),
    );
    expect(answers).toEqual([false, false, false, false]);
    expect(await isActive(server, other.access_token)).toBe(true);
  });
});
