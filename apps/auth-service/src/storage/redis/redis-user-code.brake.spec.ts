import { describeUserCodeBrake } from '../contracts/user-code.brake.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisUserCodeBrake } from './redis-user-code.brake.js';

describeWithRedis('RedisUserCodeBrake', (redis) => {
  const connections: RedisConnection[] = [];
  let suite = 0;

  beforeEach(() => {
    suite += 1;
  });
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(limits?: ConstructorParameters<typeof RedisUserCodeBrake>[1]) {
    const { url, keyPrefix } = redis();
    const options = { url, keyPrefix: `${keyPrefix}${suite}:`, requireNoEviction: false };
    const connection = new RedisConnection(options);
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisUserCodeBrake(connection, limits);
  }

  describeUserCodeBrake(async (limits) => ({
    brake: await connect(limits),
    replica: await connect(limits),
  }));

  it('lets nobody try where Redis is gone', async () => {
    const brake = await connect();
    connections.at(-1)?.onApplicationShutdown();
    const attempt = brake.attempt({ accountId: 'a', address: '192.0.2.1' });
    await expect(attempt).rejects.toMatchObject({ status: 503 });
  });
});
