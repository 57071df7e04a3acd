import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStreamSource, RevocationFeed } from '@keyward/auth';
import { createClient } from 'redis';
import { PostgresDatabase } from '../../storage/postgres/postgres.database.js';
import { describeWithRedisServer } from '../../storage/testing/describe-with-redis-server.js';
import { command } from '../../storage/testing/redis-test-deployment.js';
import { RedisTestServer } from '../../storage/testing/redis-test-server.js';
import { createTestDatabase, type TestDatabase } from '../../storage/testing/test-database.js';
import { SHARED_KEY, TestApplication } from '../../testing/test-application.js';
import { RevocationService } from '../revocation.service.js';

const KEY_PREFIX = 'deployment:';
const KEY = `${KEY_PREFIX}revocations`;
const cause = { reason: 'test', by: 'server' };

describeWithRedisServer('a follower of the Redis stream', () => {
  const directory = mkdtempSync(join(tmpdir(), 'keyward-stream-'));
  const feeds: RevocationFeed[] = [];
  let redis: RedisTestServer;
  let database: TestDatabase;
  let replicas: TestApplication[];

  beforeAll(async () => {
    database = await createTestDatabase();
    redis = await RedisTestServer.start(directory, { config: NO_EVICTION });
    const access = { url: redis.url, keyPrefix: KEY_PREFIX };
    const options = { database, redis: access, environment: SHARED_KEY };
    replicas = [await TestApplication.start(options), await TestApplication.start(options)];
  });
  afterEach(async () => {
    await Promise.all(feeds.splice(0).map((feed) => feed.stop()));
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await redis.kill();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const follow = ({ url = redis.url, key = KEY, silenceMs = 15_000 } = {}) => {
    const source = new RedisStreamSource({
      createClient: () => createClient({ url }),
      key,
      silenceMs,
    });
    const feed = new RevocationFeed({ source });
    feeds.push(feed);
    feed.start();
    return feed;
  };
  const knows = (feed: RevocationFeed, jti: string) => {
    const token = { tokenId: jti, grantId: undefined, clientId: undefined, issuedAt: undefined };
    return feed.find(token, undefined) === 'jti';
  };
  const isCurrent = (feed: RevocationFeed) => !feed.isStale(6000, Date.now());
  const isStale = (feed: RevocationFeed) => !isCurrent(feed);
  let count = 0;
  const revoke = async (by = replicas[0]) => {
    const jti = `token-${(count += 1)}`;
    const exp = Math.floor(Date.now() / 1000) + 300;
    const service = by?.app.get(RevocationService, { strict: false });
    await service?.revokeToken({ jti, exp, audiences: ['urn:a'] }, 'test');
    return jti;
  };

  it('is current once it has replayed what is in force, and learns at once what comes', async () => {
    const before = [await revoke(replicas[0]), await revoke(replicas[1])];
    const feed = follow();
    expect(isStale(feed)).toBe(true);
    await until(() => isCurrent(feed));
    expect(before.every((jti) => knows(feed, jti))).toBe(true);
    const during = [await revoke(replicas[0]), await revoke(replicas[1])];
    await until(() => during.every((jti) => knows(feed, jti)));
    await replicas[0]?.app
      .get(RevocationService, { strict: false })
      .revokeClient('somebody', cause);
    const token = { tokenId: 't', grantId: undefined, clientId: 'somebody', issuedAt: 1 };
    await until(() => feed.find(token, undefined) === 'client');
    expect(feed.state().lastFailure).toBeUndefined();
  });

  it('takes a stored heartbeat for no proof', async () => {
    const copy = `${KEY_PREFIX}copy`;
    await command(redis, ['COPY', KEY, copy]);
    const feed = follow({ key: copy, silenceMs: 1500 });
    await until(() => feed.state().lastFailure === 'the stream fell silent');
    expect(feed.state().entries).toBeGreaterThan(0);
    expect(feed.state().replayed).toBe(false);
  });

  it('learns of everything through FLUSHALL, whether it followed before or comes after', async () => {
    const [lasting, before] = [follow(), await revoke()];
    await until(() => isCurrent(lasting) && knows(lasting, before));
    await command(redis, ['FLUSHALL']);
    const late = follow();
    const after = await revoke(replicas[1]);
    await until(() => {
      // Whoever is current knows what was revoked before the flush.
      expect(isStale(late) || knows(late, before)).toBe(true);
      expect(knows(lasting, before)).toBe(true);
      return isCurrent(late) && knows(late, after) && knows(lasting, after);
    });
    await sleep(3000);
    expect([lasting, late].map(isCurrent)).toEqual([true, true]);
  });

  it('goes on after a restart of Redis, which forgot the stream', async () => {
    const feed = follow();
    const before = await revoke();
    await until(() => isCurrent(feed) && knows(feed, before));
    await redis.kill();
    const during = await revoke();
    await until(() => feed.state().lastFailure !== undefined);
    const { port, password } = redis;
    redis = await RedisTestServer.start(directory, {
      port,
      password: password as string,
      config: NO_EVICTION,
    });
    const late = follow();
    await until(() => {
      expect(knows(feed, before)).toBe(true);
      expect(isStale(late) || (knows(late, before) && knows(late, during))).toBe(true);
      return [feed, late].every((one) => isCurrent(one) && knows(one, during));
    });
  });

  it('starts over where the record was restored from a backup', async () => {
    const feed = follow({ silenceMs: 4000 });
    const before = await revoke();
    await until(() => isCurrent(feed) && knows(feed, before));
    const { manager } = replicas[0]?.app.get(PostgresDatabase, { strict: false }) ?? {};
    await manager?.transaction(async (restore) => {
      await restore.query('DELETE FROM revocation');
      await restore.query('UPDATE revocation_position SET last = 0');
    });
    const after = await revoke();
    await until(() => isCurrent(feed) && knows(feed, after));
    expect(feed.state().position).toBe(1);
    // What was read once stays refused until it expires, whatever the record forgot.
    expect(knows(feed, before)).toBe(true);
  });

  it('needs no right but to read that key', async () => {
    await command(redis, ['SET', `${KEY_PREFIX}other`, 'secret', 'EX', '60']);
    await command(redis, [
      ...['ACL', 'SETUSER', 'orders', 'on', '>password', 'resetchannels', `%R~${KEY}`],
      ...['-@all', '+hello', '+xread', '+xrevrange'],
    ]);
    const url = `redis://orders:password@127.0.0.1:${redis.port}`;
    const feed = follow({ url });
    const revoked = await revoke();
    await until(() => isCurrent(feed) && knows(feed, revoked));
    const client = createClient({ url, disableClientInfo: true });
    client.on('error', () => undefined);
    await client.connect();
    for (const words of [
      ['GET', `${KEY_PREFIX}other`],
      ['XREAD', 'STREAMS', `${KEY_PREFIX}other`, '0'],
      ['XADD', KEY, '*', 'event', 'heartbeat', 'data', '{}'],
      ['DEL', KEY],
      ['KEYS', '*'],
    ]) {
      await expect(client.sendCommand(words)).rejects.toThrow(/^NOPERM/);
    }
    client.destroy();
  });
});

const NO_EVICTION = { 'maxmemory-policy': 'noeviction' };

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(5)) if (condition()) return;
  throw new Error('not within 20 seconds');
}
