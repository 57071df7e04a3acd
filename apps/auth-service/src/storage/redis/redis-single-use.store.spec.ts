import { createClient } from 'redis';
import { describeSingleUseStore } from '../contracts/single-use.store.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisSingleUseStore } from './redis-single-use.store.js';

describeWithRedis('RedisSingleUseStore', (redis) => {
  const connections: RedisConnection[] = [];
  let keyPrefix = '';

  beforeEach(() => {
    keyPrefix = `${redis().keyPrefix}${connections.length}:`;
  });
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(): Promise<RedisSingleUseStore> {
    const { url } = redis();
    const connection = new RedisConnection({ url, keyPrefix, requireNoEviction: false });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisSingleUseStore(connection);
  }

  describeSingleUseStore(async () => ({ store: await connect(), replica: await connect() }));

  it('gives every key an expiry', async () => {
    const store = await connect();
    const entry = { value: 'value', binding: 'binding' };
    await store.put('a', entry, 60, 30);
    await store.put('b', entry, 60, 30);
    await store.claim('b', entry.binding);
    const client = await createClient({ url: redis().url }).connect();
    const ttl = (key: string) => client.ttl(`${keyPrefix}once:${key}`);
    expect([await ttl('a'), await ttl('b')]).toEqual([60, 90]);
    await store.release('b');
    expect(await ttl('b')).toBe(60);
    await client.close();
  });

  it('is a 503 where Redis is gone', async () => {
    const store = await connect();
    connections.at(-1)?.onApplicationShutdown();
    await expect(store.claim('a', '')).rejects.toMatchObject({ status: 503 });
  });
});
