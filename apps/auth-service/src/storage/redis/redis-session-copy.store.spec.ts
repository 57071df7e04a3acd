import { jest } from '@jest/globals';
import { createClient } from 'redis';
import { cookieHash, sessionFixture } from '../../testing/session.fixture.js';
import {
  describeSessionCopyStore,
  leaseOf,
  useAfter,
} from '../contracts/session-copy.store.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisSessionCopyStore } from './redis-session-copy.store.js';

describeWithRedis('RedisSessionCopyStore', (redis) => {
  const connections: RedisConnection[] = [];
  let client: ReturnType<typeof createClient>;
  beforeAll(async () => {
    client = createClient({ url: redis().url });
    await client.connect();
  });
  afterAll(async () => {
    connections.forEach((connection) => connection.onApplicationShutdown());
    await client.close();
  });

  async function connect(): Promise<RedisSessionCopyStore> {
    const connection = new RedisConnection({ ...redis(), requireNoEviction: false });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisSessionCopyStore(connection);
  }

  const nameOf = (key: Buffer) => `${redis().keyPrefix}session:{${key.toString('base64url')}}`;

  describeSessionCopyStore(async () => ({ store: await connect(), replica: await connect() }));

  it('takes no copy after a flush from who read the record before it', async () => {
    const store = await connect();
    const key = cookieHash();
    const lease = await leaseOf(store, key);
    await client.del([nameOf(key), `${nameOf(key)}:lease`]);
    await store.put(key, lease, sessionFixture(), new Date());
    expect((await store.find(key, useAfter(0))).session).toBeNull();
  });

  it('believes no copy of another Redis process, which may have lost the end', async () => {
    const store = await connect();
    const key = cookieHash();
    const lease = await leaseOf(store, key);
    // What a restart from disk or a fail-over leaves: copy and lease of a process that is no more.
    await store.put(key, { ...lease, origin: 'f'.repeat(40) }, sessionFixture(), new Date());
    expect(await client.hGet(nameOf(key), 'origin')).toBe('f'.repeat(40));
    expect((await store.find(key, useAfter(0))).session).toBeNull();
    await store.put(key, await leaseOf(store, key), sessionFixture(), new Date());
    expect((await store.find(key, useAfter(0))).session).not.toBeNull();
  });

  it('keeps nothing longer than it may be believed, and no cookie value', async () => {
    const store = await connect();
    const key = cookieHash();
    const lease = await leaseOf(store, key);
    const start = new Date();
    await store.put(
      key,
      lease,
      sessionFixture({ idleExpiresAt: new Date(start.getTime() + 5000) }),
      start,
    );
    const [copyMs, leaseMs] = await Promise.all([
      client.pTTL(nameOf(key)),
      client.pTTL(`${nameOf(key)}:lease`),
    ]);
    expect(copyMs).toBeGreaterThan(4000);
    expect(copyMs).toBeLessThanOrEqual(5000);
    expect(leaseMs).toBeGreaterThan(0);
    expect(leaseMs).toBeLessThanOrEqual(10_000);
  });

  it('answers a lookup in one command', async () => {
    const store = await connect();
    const key = cookieHash();
    await store.put(key, await leaseOf(store, key), sessionFixture(), new Date());
    const run = jest.spyOn(connections.at(-1) as RedisConnection, 'run');
    expect((await store.find(key, useAfter(0))).session).not.toBeNull();
    expect(run).toHaveBeenCalledTimes(1);
  });
});
