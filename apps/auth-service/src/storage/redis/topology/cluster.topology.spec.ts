import fc from 'fast-check';
import { ConfigurationError } from '../../../config/configuration.error.js';
import { describeWithRedisServer } from '../../testing/describe-with-redis-server.js';
import { RedisTestCluster } from '../../testing/redis-test-cluster.js';
import { command } from '../../testing/redis-test-deployment.js';
import { type RedisTestServer } from '../../testing/redis-test-server.js';
import { RedisConnection } from '../redis.connection.js';
import { RedisScript } from '../redis.script.js';
import { surviveFailOver } from './fail-over.contract.js';
import { hashSlot } from './hash-slot.js';
import { describeHotStores, useConnections } from './hot-stores.contract.js';

describeWithRedisServer('a Redis Cluster', () => {
  let cluster: RedisTestCluster;
  beforeAll(async () => {
    cluster = await RedisTestCluster.start();
  });
  afterAll(() => cluster?.stop());
  const connect = useConnections(() => cluster);
  const runIdOf = async (server: RedisTestServer) =>
    /^run_id:(\S+)/m.exec(await command(server, ['INFO', 'server']))?.[1];

  describeHotStores(() => cluster);

  it('finds the slot that Redis finds', async () => {
    const { servers } = cluster;
    const braces = fc.string({
      unit: fc.constantFrom('{', '}', 'a', 'ü', '😀', ':'),
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(braces, fc.string({ unit: 'grapheme' })), async (key) => {
        const slot = await command<number>(servers[0] as RedisTestServer, [
          'CLUSTER',
          'KEYSLOT',
          key,
        ]);
        expect(hashSlot(key)).toBe(slot);
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it('asks the master of each key, and tells which process that is', async () => {
    const connection = await connect('p:');
    const asked = new Set<string>();
    for (let index = 0; index < 12; index += 1) {
      const key = `key ${index}`;
      const runId = await connection.run(key, async (client, id) => {
        await client.set(key, '1', { EX: 60 });
        return id;
      });
      expect(runId).toBe(await runIdOf(await cluster.masterOf(`p:${key}`)));
      asked.add(runId);
    }
    expect(asked.size).toBe(3);
    await connection.ping();
  });

  it('calls a script again that a process has forgotten', async () => {
    const connection = await connect('script:');
    const script = new RedisScript(`return {KEYS[1], ARGV[1]}`);
    const call = { keys: ['a'], arguments: ['b'] };
    const run = () => connection.run('a', (client) => script.run(client, call));
    expect(await run()).toEqual(['script:a', 'b']);
    await command(await cluster.masterOf('script:a'), ['SCRIPT', 'FLUSH', 'SYNC']);
    expect(await run()).toEqual(['script:a', 'b']);
  });

  it('follows a slot to its new master, while it moves and afterwards', async () => {
    const connection = await connect('');
    const key = '{moving}';
    const runId = () =>
      connection.run(key, async (client, id) => {
        await client.incr(key);
        return id;
      });
    const source = await cluster.masterOf(key);
    const target = await cluster.masterOf(
      ['a', 'b', 'c', 'd', 'e', 'f'].find(
        (other) => Math.floor(hashSlot(other) / 5462) !== Math.floor(hashSlot(key) / 5462),
      ) as string,
    );
    const [sourceId, targetId] = await Promise.all(
      [source, target].map((s) => command(s, ['CLUSTER', 'MYID'])),
    );
    expect(await runId()).toBe(await runIdOf(source));
    const slot = String(hashSlot(key));
    const setSlot = (server: RedisTestServer, ...args: string[]) =>
      command(server, ['CLUSTER', 'SETSLOT', slot, ...args]);
    await setSlot(target, 'IMPORTING', sourceId as string);
    await setSlot(source, 'MIGRATING', targetId as string);
    // Where the key still is, it is answered; whence it has gone, the answer is ASK.
    expect(await runId()).toBe(await runIdOf(source));
    await command(source, [
      'MIGRATE',
      '127.0.0.1',
      String(target.port),
      key,
      '0',
      '1000',
      'AUTH',
      target.password as string,
    ]);
    expect(await runId()).toBe(await runIdOf(target));
    for (const server of [target, source]) await setSlot(server, 'NODE', targetId as string);
    expect(await runId()).toBe(await runIdOf(target));
    expect(await command(target, ['GET', key])).toBe('4');
  });

  it('is not what REDIS_URL is for', async () => {
    const [server] = cluster.servers as [RedisTestServer];
    const connection = new RedisConnection({
      url: server.url,
      keyPrefix: '',
      requireNoEviction: true,
    });
    await expect(connection.onModuleInit()).rejects.toThrow(ConfigurationError);
    connection.onApplicationShutdown();
  });

  it('survives a master whose replica takes over, and calls nothing live that may have been revoked', async () => {
    const connection = await connect('fail-over:');
    const master = await cluster.masterOf('fail-over:{revoked}');
    await surviveFailOver(connection, () => master.kill());
  });
});
