import { createClient } from 'redis';
import { TemporarilyUnavailableError } from '@keyward/oauth';
import { SIGN_IN_LIMITS } from '../../limits/brake.limit.js';
import { FaultProxy } from '../../testing/fault-proxy.js';
import { describeSignInBrake } from '../contracts/sign-in.brake.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisSignInBrake } from './redis-sign-in.brake.js';

describeWithRedis('RedisSignInBrake', (redis) => {
  const connections: RedisConnection[] = [];
  let suite = 0;
  let keyPrefix = '';

  beforeEach(() => {
    suite += 1;
    keyPrefix = `${redis().keyPrefix}${suite}:`;
  });
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(limits = SIGN_IN_LIMITS, { url } = redis()): Promise<RedisSignInBrake> {
    const connection = new RedisConnection({ url, keyPrefix, requireNoEviction: false });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisSignInBrake(connection, limits);
  }

  async function withClient<T>(
    work: (client: ReturnType<typeof createClient>, keys: string[]) => Promise<T>,
  ): Promise<T> {
    const client = createClient({ url: redis().url });
    await client.connect();
    try {
      return await work(
        client as ReturnType<typeof createClient>,
        await client.keys(`${keyPrefix}*`),
      );
    } finally {
      await client.close();
    }
  }

  describeSignInBrake(async (limits) => ({
    brake: await connect(limits),
    replica: await connect(limits),
  }));

  const ada = { username: 'ada', address: '192.0.2.1' };

  it('names nobody in its keys, keeps them in one slot, and lets each expire', async () => {
    const brake = await connect();
    await brake.attempt(ada);
    await brake.withdraw(ada);
    await withClient(async (client, keys) => {
      expect(keys).toHaveLength(2);
      for (const key of keys) {
        expect(key.slice(keyPrefix.length)).toMatch(/^\{sign-in\}:(account|address):[\w-]{43}$/);
        expect(await client.pTTL(key)).toBeGreaterThan(0);
        expect(await client.pTTL(key)).toBeLessThanOrEqual(900_000);
      }
    });
  });

  it('leaves nothing without an expiry behind where it takes back what is gone', async () => {
    const brake = await connect();
    await brake.withdraw(ada);
    await brake.succeed(ada);
    expect(await withClient(async (_, keys) => keys)).toEqual([]);
  });

  it('keeps nobody waiting for a clock that went back', async () => {
    const brake = await connect();
    await brake.attempt(ada);
    await withClient(async (client, keys) => {
      const future = Date.now() + 24 * 3_600_000;
      for (const key of keys) await client.hSet(key, { until: future, at: future });
    });
    expect(await brake.attempt(ada)).toEqual({ allowed: true });
  });

  it.each(['refuse', 'hang'] as const)('lets nobody try while Redis does %s', async (fault) => {
    const proxy = await FaultProxy.to(redis().url);
    const brake = await connect(SIGN_IN_LIMITS, { ...redis(), url: proxy.url });
    expect(await brake.attempt(ada)).toEqual({ allowed: true });
    proxy.become(fault);
    await expect(brake.attempt(ada)).rejects.toThrow(TemporarilyUnavailableError);
    await proxy.close();
  });
});
