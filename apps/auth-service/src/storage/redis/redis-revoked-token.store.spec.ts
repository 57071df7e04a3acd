import { createClient } from 'redis';
import { type Revocation, type TokenIdentity } from '../../revocation/revocation.js';
import { describeRevokedTokenStore } from '../contracts/revoked-token.store.contract.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { RedisConnection } from './redis.connection.js';
import { RedisRevokedTokenStore } from './redis-revoked-token.store.js';

describeWithRedis('RedisRevokedTokenStore', (redis) => {
  const connections: RedisConnection[] = [];
  let suite = 0;
  let keyPrefix = '';

  beforeEach(() => {
    suite += 1;
    keyPrefix = `${redis().keyPrefix}${suite}:`;
  });
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(): Promise<RedisRevokedTokenStore> {
    const connection = new RedisConnection({
      url: redis().url,
      keyPrefix,
      requireNoEviction: false,
    });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisRevokedTokenStore(connection);
  }

  async function keys(): Promise<string[]> {
    const client = createClient({ url: redis().url });
    await client.connect();
    const found = await client.keys(`${keyPrefix}*`);
    await client.close();
    return found;
  }

  const one = (jti: string): Revocation => ({
    kind: 'jti',
    value: jti,
    iatBefore: null,
    audiences: null,
    expiresAt: new Date(Date.now() + 60_000),
  });
  const token = (jti: string): TokenIdentity => ({
    jti,
    clientId: 'shop',
    issuedAt: 1000,
    grantId: null,
    kid: null,
  });

  async function flush(): Promise<void> {
    const found = await keys();
    const client = createClient({ url: redis().url });
    await client.connect();
    if (found.length > 0) await client.del(found);
    await client.close();
  }

  describeRevokedTokenStore(async () => {
    const store = await connect();
    return {
      store,
      replica: await connect(),
      lose: async () => {
        await flush();
        return store;
      },
    };
  });

  it('is not complete where Redis was emptied while it was restored', async () => {
    const store = await connect();
    async function* interrupted() {
      yield [one('a')];
      await flush();
      yield [one('b')];
    }
    await store.restore(interrupted());
    expect(await store.find(token('a'))).toBe('unknown');
    expect(await store.find(token('b'))).toBe('revoked');
  });

  it('gives every key but the marker an expiry, and keeps no draft', async () => {
    const store = await connect();
    async function* pages() {
      yield [one('a')];
    }
    await store.restore(pages());
    expect((await keys()).map((key) => key.slice(keyPrefix.length)).sort()).toEqual([
      '{revoked}:complete',
      '{revoked}:jti:a',
    ]);
  });

  it('trusts no entry to be absent where another Redis process was restored', async () => {
    const store = await connect();
    async function* none(): AsyncIterable<Revocation[]> {
      yield [];
    }
    await store.restore(none());
    expect(await store.find(token('a'))).toBe('live');
    // What a restart from disk or a fail-over leaves: the marker of a process that is no more.
    const client = createClient({ url: redis().url });
    await client.connect();
    await client.set(`${keyPrefix}{revoked}:complete`, 'f'.repeat(40));
    await client.close();
    expect(await store.find(token('a'))).toBe('unknown');
    await store.restore(none());
    expect(await store.find(token('a'))).toBe('live');
  });
});
