import { describeInteractionStore } from '../contracts/interaction.store.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisInteractionStore } from './redis-interaction.store.js';

describeWithRedis('RedisInteractionStore', (redis) => {
  const connections: RedisConnection[] = [];
  let keyPrefix = '';

  beforeEach(() => {
    keyPrefix = `${redis().keyPrefix}${connections.length}:`;
  });
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(): Promise<RedisInteractionStore> {
    const { url } = redis();
    const connection = new RedisConnection({ url, keyPrefix, requireNoEviction: false });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisInteractionStore(connection);
  }

  describeInteractionStore(async () => ({ store: await connect(), replica: await connect() }));

  it('is a 503 where Redis is gone', async () => {
    const store = await connect();
    connections.at(-1)?.onApplicationShutdown();
    await expect(store.find('a')).rejects.toMatchObject({ status: 503 });
  });
});
