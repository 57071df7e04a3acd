import { setTimeout as sleep } from 'node:timers/promises';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { createClient } from 'redis';
import { StartupError } from '../../config/startup.error.js';
import { FaultProxy } from '../../testing/fault-proxy.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { findEvictionProblem, RedisConnection } from './redis.connection.js';

describeWithRedis('RedisConnection', (redis) => {
  const open = async (url: string) => {
    const { keyPrefix } = redis();
    const connection = new RedisConnection({ url, keyPrefix, requireNoEviction: false });
    await connection.onModuleInit();
    return connection;
  };

  it('does not start where there is no Redis, and does not tell the password', async () => {
    const proxy = await FaultProxy.to(redis().url);
    const { port } = new URL(proxy.url);
    await proxy.close();
    const url = `redis://:a-password@127.0.0.1:${port}`;
    const connection = new RedisConnection({ url, keyPrefix: '', requireNoEviction: false });
    const error = await connection.onModuleInit().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StartupError);
    expect(String(error)).toContain('REDIS_URL');
    expect(String(error)).not.toContain('a-password');
    connection.onApplicationShutdown();
  });

  it('prefixes every key', async () => {
    const connection = await open(redis().url);
    await connection.run('prefixed', (client) => client.set('prefixed', '1', { EX: 60 }));
    const client = createClient({ url: redis().url });
    await client.connect();
    expect(await client.get(`${redis().keyPrefix}prefixed`)).toBe('1');
    await client.close();
    connection.onApplicationShutdown();
  });

  it.each(['refuse', 'hang'] as const)(
    'fails within its limit while Redis does %s, queues nothing, and comes back by itself',
    async (fault) => {
      const proxy = await FaultProxy.to(redis().url);
      const connection = await open(proxy.url);
      const { epochs } = connection;
      proxy.become(fault);
      const attempts = Array.from({ length: 50 }, () =>
        connection.run('a', (client) => client.ping()),
      );
      for (const outcome of await Promise.allSettled(attempts)) {
        expect(outcome).toMatchObject({ reason: expect.any(TemporarilyUnavailableError) });
      }
      // Longer than the limit on silence, so that the hanging connection is given up as well.
      if (fault === 'hang') await sleep(4000);
      proxy.become('pass');
      let answer: unknown;
      for (let attempt = 0; attempt < 100 && answer !== 'PONG'; attempt += 1) {
        await sleep(50);
        answer = await connection.run('a', (client) => client.ping()).catch(() => null);
      }
      expect(answer).toBe('PONG');
      expect(connection.epochs).not.toBe(epochs);
      expect(await connection.run('a', async (_, runId) => runId)).toMatch(/^[0-9a-f]{40}$/);
      connection.onApplicationShutdown();
      await proxy.close();
    },
  );
});

describe('findEvictionProblem', () => {
  it.each([
    ['# Memory\r\nmaxmemory_policy:noeviction\r\nother:1', null],
    ['# Memory\r\nmaxmemory_policy:allkeys-lru\r\n', 'is allkeys-lru, and must be noeviction'],
    ['maxmemory_policy:volatile-ttl', 'is volatile-ttl'],
    ['maxmemory_policy:noeviction-not', 'is noeviction-not'],
    ['', 'is not known'],
  ])('finds in %j: %p', (info, expected) => {
    const problem = findEvictionProblem(info);
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toContain(`REDIS_URL: maxmemory-policy ${expected}`);
  });
});
