import { createClient } from 'redis';
import { describeDeviceAuthorizationStore } from '../contracts/device-authorization.store.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisDeviceAuthorizationStore } from './redis-device-authorization.store.js';

describeWithRedis('RedisDeviceAuthorizationStore', (redis) => {
  const connections: RedisConnection[] = [];
  let keyPrefix = '';

  beforeEach(() => {
    keyPrefix = `${redis().keyPrefix}${connections.length}:`;
  });
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(): Promise<RedisDeviceAuthorizationStore> {
    const { url } = redis();
    const connection = new RedisConnection({ url, keyPrefix, requireNoEviction: false });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisDeviceAuthorizationStore(connection);
  }

  describeDeviceAuthorizationStore(async () => ({
    store: await connect(),
    replica: await connect(),
  }));

  it('gives every key an expiry', async () => {
    const store = await connect();
    const entry = { id: 'a', userCodeKey: 'b', value: '{}', clientId: 'tv', dpopJkt: null };
    const times = { lifetimeSeconds: 60, memorySeconds: 30, intervalSeconds: 5, leaseSeconds: 10 };
    await store.begin(entry, times);
    await store.enter('b', 'alice');
    await store.release('unknown', true);
    await store.complete('unknown');
    const client = await createClient({ url: redis().url }).connect();
    const keys = (await client.keys(`${keyPrefix}*`)).sort();
    expect(keys).toEqual([`${keyPrefix}device-user-code:b`, `${keyPrefix}device:a`]);
    expect(await Promise.all(keys.map((key) => client.ttl(key)))).toEqual([60, 90]);
    await client.close();
  });

  it('is a 503 where Redis is gone', async () => {
    const store = await connect();
    connections.at(-1)?.onApplicationShutdown();
    const polled = store.poll('a', { clientId: 'tv', dpopJkt: null });
    await expect(polled).rejects.toMatchObject({ status: 503 });
  });
});
