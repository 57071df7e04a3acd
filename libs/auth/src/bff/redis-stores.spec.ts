/** The stores in a real Redis; KEYWARD_TEST_WITHOUT_REDIS=1 leaves them out. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { describeBrowserSessionStore, sessionOf } from './browser-session.store.contract.js';
import { BffStoreUnavailableError } from './browser-session.store.js';
import { RedisBrowserSessionStore } from './redis-browser-session.store.js';
import { RedisBffSingleUseStore } from './redis-single-use.store.js';
import { describeBffSingleUseStore } from './single-use.store.contract.js';

const url = process.env['REDIS_URL'];
const withoutRedis = url === undefined && process.env['KEYWARD_TEST_WITHOUT_REDIS'] === '1';
const describeWithRedis = withoutRedis ? describe.skip : describe;

describeWithRedis('stores in Redis (real Redis)', () => {
  const client = createClient({ url });
  const keyPrefix = `test-bff-${randomUUID()}:`;
  const one = { version: 1, key: randomBytes(32) };
  const two = { version: 2, key: randomBytes(32) };
  const options = { client, keyPrefix, sealingKeys: [one] };
  beforeAll(async () => {
    await client.connect();
  });
  afterAll(async () => {
    for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*` })) {
      if (keys.length > 0) await client.del(keys);
    }
    client.destroy();
  });

  describeBrowserSessionStore('Redis', () => new RedisBrowserSessionStore(options));
  describeBffSingleUseStore('Redis', () => new RedisBffSingleUseStore(options));

  it('hold nothing that a reader of Redis could use', async () => {
    const store = new RedisBrowserSessionStore(options);
    await store.open('the-key', sessionOf({ refreshToken: 'kwr_secret', subject: 'ada' }), 60_000);
    await new RedisBffSingleUseStore(options).put('the-state', 'the-verifier', 60_000);
    const held: string[] = [];
    for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*` })) {
      for (const key of keys) {
        const type = await client.type(key);
        if (type === 'hash') held.push(key, JSON.stringify(await client.hGetAll(key)));
        if (type === 'zset') held.push(key, ...(await client.zRange(key, 0, -1)));
        if (type === 'string') held.push(key, (await client.get(key)) ?? '');
      }
    }
    expect(held.length).toBeGreaterThan(4);
    expect(held.join(' ')).not.toMatch(/kwr_secret|access-1|id\.token|Ada|\bada\b|the-verifier/);
  });

  it('read what an older key sealed, and nothing without it', async () => {
    const session = sessionOf();
    await new RedisBrowserSessionStore(options).open('old', session, 60_000);
    const both = new RedisBrowserSessionStore({ ...options, sealingKeys: [two, one] });
    expect((await both.find('old', 60_000))?.session).toEqual(session);
    expect(await both.replace('old', 1, session)).toBe(true);
    const onlyNew = new RedisBrowserSessionStore({ ...options, sealingKeys: [two] });
    expect((await onlyNew.find('old', 60_000))?.version).toBe(2);
    const onlyOld = new RedisBrowserSessionStore(options);
    await expect(onlyOld.find('old', 60_000)).rejects.toThrow(BffStoreUnavailableError);
  });

  it('cannot be made to show one session in the place of another', async () => {
    const store = new RedisBrowserSessionStore(options);
    await store.open('mine', sessionOf({ subject: 'mallory' }), 60_000);
    await store.open('theirs', sessionOf({ subject: 'ada' }), 60_000);
    const sealed = (await client.hGet(`${keyPrefix}session:theirs`, 'sealed')) ?? '';
    await client.hSet(`${keyPrefix}session:mine`, 'sealed', sealed);
    await expect(store.find('mine', 60_000)).rejects.toThrow(BffStoreUnavailableError);
  });

  it('leave no session behind that a log-out would not find, however they race', async () => {
    const store = new RedisBrowserSessionStore(options);
    const sid = randomUUID();
    const opening = Array.from({ length: 20 }, (_, i) =>
      store.open(`raced-${i}`, sessionOf({ sid }), 60_000),
    );
    await Promise.all([...opening, store.closeOf({ sid })]);
    await store.closeOf({ sid });
    for (let i = 0; i < 20; i += 1) expect(await store.find(`raced-${i}`, 60_000)).toBeNull();
  });

  it('say that they cannot tell where Redis does not answer', async () => {
    const silent = { eval: () => new Promise<never>(() => undefined) };
    const store = new RedisBrowserSessionStore({ ...options, client: silent, timeoutMs: 20 });
    await expect(store.find('any', 1)).rejects.toThrow(BffStoreUnavailableError);
  });
});
