import { createClient } from 'redis';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { FaultProxy } from '../../testing/fault-proxy.js';
import { describeRequestRateStore } from '../contracts/request-rate.store.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisRequestRateStore } from './redis-request-rate.store.js';

describeWithRedis('RedisRequestRateStore', (redis) => {
  const connections: RedisConnection[] = [];
  let suite = 0;
  let keyPrefix = '';

  beforeEach(() => {
    suite += 1;
    keyPrefix = `${redis().keyPrefix}${suite}:`;
  });
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(url = redis().url): Promise<RedisRequestRateStore> {
    const connection = new RedisConnection({ url, keyPrefix, requireNoEviction: false });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisRequestRateStore(connection);
  }

  async function withKeys(
    work: (client: ReturnType<typeof createClient>, keys: string[]) => Promise<void>,
  ): Promise<void> {
    const client = createClient({ url: redis().url });
    await client.connect();
    try {
      const keys = await client.keys(`${keyPrefix}*`);
      await work(client as ReturnType<typeof createClient>, keys);
    } finally {
      await client.close();
    }
  }

  describeRequestRateStore(async () => ({ store: await connect(), replica: await connect() }));

  const spend = (key: string, spent = 1) => ({
    key,
    rate: { count: 1, periodMs: 60_000, burst: 5 },
    spent,
    taking: 0,
  });

  it('names nobody in its keys, and lets each expire when it is made up for', async () => {
    const store = await connect();
    await store.settle([spend('pages 192.0.2.1'), spend('token shop', 2)]);
    await withKeys(async (client, keys) => {
      expect(keys).toHaveLength(2);
      const ttls = await Promise.all(keys.map((key) => client.pTTL(key)));
      expect(Math.max(...ttls)).toBeGreaterThan(110_000);
      expect(Math.max(...ttls)).toBeLessThanOrEqual(120_000);
      expect(Math.min(...ttls)).toBeLessThanOrEqual(60_000);
      for (const key of keys) {
        expect(key.slice(keyPrefix.length)).toMatch(/^\{limits:\d{1,2}\}:[\w-]{43}$/);
      }
    });
  });

  it('writes nothing where it is only asked', async () => {
    const store = await connect();
    await store.settle([spend('a', 0)]);
    await withKeys(async (_client, keys) => expect(keys).toEqual([]));
  });

  it('keeps nobody waiting for a clock that went back', async () => {
    const store = await connect();
    await store.settle([spend('a')]);
    await withKeys(async (client, keys) => {
      for (const key of keys) await client.set(key, '9e15', { expiration: 'KEEPTTL' });
    });
    const [answer] = await store.settle([spend('a', 0)]);
    expect(answer?.waitMs).toBeLessThanOrEqual(6 * 60_000);
  });

  it('says so where Redis does not answer', async () => {
    const proxy = await FaultProxy.to(redis().url);
    const store = await connect(proxy.url);
    await store.settle([spend('a')]);
    proxy.become('hang');
    await expect(store.settle([spend('a')])).rejects.toThrow(TemporarilyUnavailableError);
    await proxy.close();
  });
});
