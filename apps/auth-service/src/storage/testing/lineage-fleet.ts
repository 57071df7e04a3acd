/** Many lineages in a Redis of their own, for measuring what each takes and what rotating one costs. */
import {
  handleFixture,
  lineageFixture,
  presentationFixture,
} from '../../testing/lineage.fixture.js';
import { RedisConnection } from '../redis/redis.connection.js';
import { RedisRotationStore } from '../redis/redis-rotation.store.js';

/** How many are written at a time. */
const BATCH = 1000;

/** Lineages as sign-ins leave them. */
export class LineageFleet {
  private generation = 1;

  private constructor(
    private readonly connection: RedisConnection,
    private readonly store: RedisRotationStore,
    /** Of those that are rotated: the same number in a small fleet and in a large one. */
    private readonly sample: readonly Buffer[],
    /** What Redis says that one takes, key and all. */
    readonly bytesEach: number,
  ) {}

  /**
   * @param url of a Redis that holds nothing else
   * @param sampleSize how many of them, spread over all, {@link rotate} rotates
   */
  static async create(url: string, count: number, sampleSize: number): Promise<LineageFleet> {
    const connection = new RedisConnection({ url, keyPrefix: 'fleet:', requireNoEviction: false });
    await connection.onModuleInit();
    const store = new RedisRotationStore(connection);
    const sample: Buffer[] = [];
    const before = await usedBytes(connection);
    for (let made = 0; made < count; made += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, count - made) }, handleFixture);
      await Promise.all(batch.map((handle) => store.put(handle, lineageFixture())));
      sample.push(...batch.slice(0, Math.ceil((sampleSize * batch.length) / count)));
    }
    const bytesEach = ((await usedBytes(connection)) - before) / count;
    return new LineageFleet(connection, store, sample, bytesEach);
  }

  /**
   * Rotates each of the sample once, one after another.
   * @returns microseconds each, the way to Redis included
   */
  async rotate(): Promise<number> {
    const presented = presentationFixture(this.generation);
    this.generation += 1;
    const begin = performance.now();
    for (const handle of this.sample) {
      const decision = await this.store.present(handle, presented);
      if (decision?.outcome !== 'rotated') throw new Error(`a lineage was ${decision?.outcome}`);
    }
    return ((performance.now() - begin) * 1000) / this.sample.length;
  }

  close(): void {
    this.connection.onApplicationShutdown();
  }
}

async function usedBytes(connection: RedisConnection): Promise<number> {
  const info = await connection.run('fleet', (client) => client.info('memory'));
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
