import { createClient } from 'redis';
import { describeWithRedis, type RedisAccess } from './describe-with-redis.js';

describe('describeWithRedis', () => {
  const seen: RedisAccess[] = [];

  describeWithRedis('a suite', (redis) => {
    it('writes under its prefix', async () => {
      const { url, keyPrefix } = redis();
      seen.push(redis());
      const client = createClient({ url });
      await client.connect();
      await client.set(`${keyPrefix}a`, '1');
      await client.set(`keyward-test-kept:${keyPrefix}`, '1', { EX: 60 });
      await client.close();
    });
  });

  describeWithRedis('the next suite', (redis) => {
    it('has another prefix, and finds nothing of the first suite but what is not its own', async () => {
      const client = createClient({ url: redis().url });
      await client.connect();
      const [first] = seen;
      expect(redis().keyPrefix).not.toBe(first?.keyPrefix);
      expect(await client.exists(`${first?.keyPrefix}a`)).toBe(0);
      expect(await client.del(`keyward-test-kept:${first?.keyPrefix}`)).toBe(1);
      await client.close();
    });
  });
});
