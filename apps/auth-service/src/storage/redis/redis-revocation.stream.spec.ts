import { describeRevocationStream } from '../contracts/revocation-stream.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisRevocationStream } from './redis-revocation.stream.js';

describeWithRedis('RedisRevocationStream', (access) => {
  const connections: RedisConnection[] = [];
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));
  let suites = 0;

  describeRevocationStream(async () => {
    const { url, keyPrefix } = access();
    suites += 1;
    const open = async () => {
      const connection = new RedisConnection({
        url,
        keyPrefix: `${keyPrefix}${suites}:`,
        requireNoEviction: false,
      });
      connections.push(connection);
      await connection.onModuleInit();
      return connection;
    };
    const [redis, other] = [await open(), await open()];
    return {
      redis,
      stream: new RedisRevocationStream(redis),
      replica: new RedisRevocationStream(other),
    };
  });
});
