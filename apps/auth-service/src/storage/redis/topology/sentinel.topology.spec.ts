import { TemporarilyUnavailableError } from '@keyward/oauth';
import { StartupError } from '../../../config/startup.error.js';
import { describeWithRedisServer } from '../../testing/describe-with-redis-server.js';
import { command, until } from '../../testing/redis-test-deployment.js';
import { RedisTestSentinels } from '../../testing/redis-test-sentinels.js';
import { type RedisTestServer } from '../../testing/redis-test-server.js';
import { RedisConnection } from '../redis.connection.js';
import { surviveFailOver } from './fail-over.contract.js';
import { describeHotStores, useConnections } from './hot-stores.contract.js';

describeWithRedisServer('Redis with Sentinels', () => {
  let deployment: RedisTestSentinels;
  beforeAll(async () => {
    deployment = await RedisTestSentinels.start();
  });
  afterAll(() => deployment?.stop());
  const connect = useConnections(() => deployment);

  describeHotStores(() => deployment);

  it('does not start where no Sentinel knows the name', async () => {
    const connection = new RedisConnection({
      ...deployment.options,
      masterName: 'other',
      keyPrefix: '',
      requireNoEviction: true,
    });
    const failure = await connection.onModuleInit().catch((error: unknown) => error);
    connection.onApplicationShutdown();
    expect(failure).toBeInstanceOf(StartupError);
    expect(String(failure)).toContain('REDIS_SENTINEL_NAME is unknown');
  });

  it('follows a fail-over, and calls nothing live that may have been revoked', async () => {
    const connection = await connect('fail-over:');
    const master = await deployment.masterOf();
    // A Sentinel that is dead as well is asked in vain, and nobody waits for it.
    await deployment.sentinels[0]?.kill();
    await surviveFailOver(connection, () => master.kill());
  });

  it('stays with the new master when the old one comes back', async () => {
    const connection = await connect('return:');
    const runId = () => connection.run('a', async (_, id) => id);
    const before = await runId();
    const dead = await deadServer();
    const returned = await deployment.restart(dead);
    await until('the old master follows', async () => {
      // The Sentinels cut its connections when they demote it.
      const [role] = await command<string[]>(returned, ['ROLE']).catch(() => []);
      return role === 'slave';
    });
    expect(await runId()).toBe(before);
    expect(await connection.run('a', (client) => client.set('a', '1', { EX: 60 }))).toBe('OK');
  });

  async function deadServer(): Promise<RedisTestServer> {
    for (const server of deployment.servers) {
      if ((await command(server, ['PING']).catch(() => null)) === null) return server;
    }
    throw new Error('every server lives');
  }

  it('is a 503 where every server is gone', async () => {
    const connection = await connect('gone:');
    await Promise.all(deployment.servers.map((server) => server.kill()));
    await expect(connection.run('a', (client) => client.get('a'))).rejects.toBeInstanceOf(
      TemporarilyUnavailableError,
    );
  });
});
