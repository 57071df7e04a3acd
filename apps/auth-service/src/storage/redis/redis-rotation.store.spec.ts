import fc from 'fast-check';
import { createClient } from 'redis';
import {
  handleFixture,
  lineageFixture,
  presentationFixture,
} from '../../testing/lineage.fixture.js';
import { describeRotationStore } from '../contracts/rotation.store.contract.js';
import { MemoryRotationStore } from '../memory/memory-rotation.store.js';
import { describeWithRedis } from '../testing/describe-with-redis.js';
import { age, disown, lineageKey } from '../testing/redis-lineage.js';
import { RedisConnection } from './redis.connection.js';
import { RedisRotationStore } from './redis-rotation.store.js';

describeWithRedis('RedisRotationStore', (redis) => {
  const connections: RedisConnection[] = [];
  afterAll(() => connections.forEach((connection) => connection.onApplicationShutdown()));

  async function connect(): Promise<RedisRotationStore> {
    const connection = new RedisConnection({ ...redis(), requireNoEviction: false });
    await connection.onModuleInit();
    connections.push(connection);
    return new RedisRotationStore(connection);
  }

  async function withClient<T>(
    work: (client: Awaited<ReturnType<typeof open>>) => Promise<T>,
  ): Promise<T> {
    const client = await open();
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }
  const open = () => createClient({ url: redis().url }).connect();

  async function flush(): Promise<void> {
    await withClient(async (client) => {
      const keys = await client.keys(`${redis().keyPrefix}rt:*`);
      if (keys.length > 0) await client.del(keys);
    });
  }

  describeRotationStore(async () => {
    const store = await connect();
    return {
      store,
      replica: await connect(),
      advance: (handle, ms) => age(redis(), handle, ms),
      lose: async () => {
        await flush();
        return store;
      },
    };
  });

  it('takes what another Redis process wrote for a miss, and merges the record into it', async () => {
    const store = await connect();
    const handle = handleFixture();
    const first = lineageFixture();
    await store.put(handle, first);
    await store.present(handle, presentationFixture(1));
    await disown(redis(), handle);
    expect(await store.present(handle, presentationFixture(2))).toBeNull();
    // What the other process had is later than the checkpoint: it is kept.
    expect(await store.restore(handle, first, presentationFixture(2))).toMatchObject({
      outcome: 'rotated',
      lineage: { current: 3, parent: 2, floor: 1 },
    });
    await disown(redis(), handle);
    const later = { ...first, current: 9, parent: 8, floor: 8, lastMs: Date.now() };
    expect(await store.restore(handle, later, presentationFixture(8))).toMatchObject({
      outcome: 'replayed',
      lineage: { current: 9 },
    });
    expect(await store.present(handle, presentationFixture(9))).toMatchObject({
      outcome: 'rotated',
    });
  });

  it('keeps a reuse that another process found, and the record has not heard of', async () => {
    const store = await connect();
    const handle = handleFixture();
    const first = lineageFixture({ current: 3, parent: 2, floor: 2 });
    await store.put(handle, first);
    expect(await store.present(handle, presentationFixture(1))).toMatchObject({
      outcome: 'reused',
    });
    await disown(redis(), handle);
    expect(await store.restore(handle, first, presentationFixture(3))).toMatchObject({
      outcome: 'reused',
    });
  });

  it('expires with the lineage', async () => {
    const store = await connect();
    const handle = handleFixture();
    const absoluteExpiresMs = Date.now() + 60_000;
    await store.put(
      handle,
      lineageFixture({ idleExpiresMs: absoluteExpiresMs, absoluteExpiresMs }),
    );
    await store.present(handle, presentationFixture(1));
    const key = lineageKey(redis(), handle);
    expect(await withClient((client) => client.pExpireTime(key))).toBe(absoluteExpiresMs);
    await store.revoke(handle, absoluteExpiresMs);
    expect(await withClient((client) => client.pExpireTime(key))).toBe(absoluteExpiresMs);
  });

  it('takes at most 400 bytes of Redis a lineage', async () => {
    const store = await connect();
    const count = 20_000;
    const used = () =>
      withClient(async (client) =>
        Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]),
      );
    const before = await used();
    for (let done = 0; done < count; done += 500) {
      await Promise.all(
        Array.from({ length: 500 }, () => store.put(handleFixture(), lineageFixture())),
      );
    }
    const bytes = ((await used()) - before) / count;
    await flush();
    expect(bytes).toBeLessThan(400);
  });

  // The same history for both: what Lua decides, and what the table in TypeScript does.
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('present'), back: fc.integer({ min: -2, max: 7 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('wait'),
        ms: fc.constantFrom(4_000, 13_000, 300_000, 700_000, 50_000_000, -5_000_000),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { do: 'wrong client' },
        { do: 'restore' },
        { do: 'lose' },
        { do: 'revoke' },
      ),
    },
  ) as fc.Arbitrary<{ do: string; back?: number; ms?: number }>;

  it('decides as the table does, in any history', async () => {
    const store = await connect();
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(step, { minLength: 1, maxLength: 25 }),
        async (isBound, steps) => {
          let skewMs = 0;
          const oracle = { store: new MemoryRotationStore(() => Date.now() + skewMs) };
          const handle = handleFixture();
          const keyBinding = isBound ? Buffer.alloc(32, 1) : null;
          // Times on Redis's clock stand still while the other clock moves: each side has its own.
          const recorded = lineageFixture({ keyBinding });
          const recordedThen = () => ({
            ...recorded,
            idleExpiresMs: recorded.idleExpiresMs - skewMs,
            absoluteExpiresMs: recorded.absoluteExpiresMs - skewMs,
          });
          await Promise.all([store.put(handle, recorded), oracle.store.put(handle, recorded)]);
          let newest = 1;
          for (const { do: action, back = 0, ms = 0 } of steps) {
            const presented = presentationFixture(Math.max(1, newest - back), { keyBinding });
            const wrong = presentationFixture(newest, { clientDigest: Buffer.alloc(16) });
            if (action === 'wait') {
              skewMs += ms;
              await age(redis(), handle, ms);
            } else if (action === 'lose') {
              await withClient((client) => client.del(lineageKey(redis(), handle)));
              oracle.store = new MemoryRotationStore(() => Date.now() + skewMs);
            } else if (action === 'revoke') {
              await store.revoke(handle, recordedThen().absoluteExpiresMs);
              await oracle.store.revoke(handle, recorded.absoluteExpiresMs);
            } else {
              const asked = action === 'wrong client' ? wrong : presented;
              const [real, expected] =
                action === 'restore'
                  ? [
                      await store.restore(handle, recordedThen(), asked),
                      await oracle.store.restore(handle, recorded, asked),
                    ]
                  : [await store.present(handle, asked), await oracle.store.present(handle, asked)];
              // Redis drops by itself what the other store finds to be too old.
              const idle = expected?.lineage.idleExpiresMs ?? Infinity;
              if (real === null && idle <= Date.now() + skewMs) return;
              expect(stateOf(real)).toEqual(stateOf(expected));
              if (real !== null && expected !== null) {
                const offset = (time: number) => (time === 0 ? 0 : time - skewMs);
                expect(
                  Math.abs(real.lineage.lastMs - offset(expected.lineage.lastMs)),
                ).toBeLessThan(1000);
                expect(
                  Math.abs(real.lineage.idleExpiresMs - offset(expected.lineage.idleExpiresMs)),
                ).toBeLessThan(1000);
                expect(real.lineage.absoluteExpiresMs).toBe(recorded.absoluteExpiresMs - skewMs);
                newest = Math.max(newest, real.lineage.current);
              }
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  function stateOf(decision: Awaited<ReturnType<RedisRotationStore['present']>>) {
    if (decision === null) return null;
    const { current, parent, floor, standing } = decision.lineage;
    return { outcome: decision.outcome, current, parent, floor, standing };
  }
});
