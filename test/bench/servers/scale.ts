/** Program: measures what a live grant takes of Redis, and whether a million of them make a rotation dearer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineageFleet, RedisTestServer } from '@keyward/auth-service/testing';
import { compare, interleave, type Measurement } from '../measurement.js';

const FEW = 1000;
const MANY = 1_000_000;
const SAMPLE = 1000;
const ROUNDS = 9;
const WARM_UPS = 3;

const MEMORY_GRANTS = 100_000;
const MEMORY_LIMIT_BYTES = 400;

const BENCHES: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  'redis.memory': () => withFleets([MEMORY_GRANTS], async ([fleet]) => measureMemory(fleet)),
  'redis.rotation': () => withFleets([FEW, MANY], measureRotation),
};

/** A grant has a string of its own, which names scope and resources by one number, however long they are. */
function measureMemory(fleet: LineageFleet | undefined): readonly Measurement[] {
  const ours = fleet?.bytesEach ?? NaN;
  const against = `a limit of ${MEMORY_LIMIT_BYTES} bytes`;
  const baseline = MEMORY_LIMIT_BYTES;
  return [{ name: 'redis.memory', ours, baseline, against, unit: 'bytes', ratio: baseline / ours }];
}

async function measureRotation([few, many]: readonly LineageFleet[]): Promise<
  readonly Measurement[]
> {
  if (few === undefined || many === undefined) throw new Error('a fleet is missing');
  const figures = await interleave(
    [
      { name: `${MANY.toLocaleString('en')} grants`, run: () => many.rotate() },
      { name: `${FEW.toLocaleString('en')} grants`, run: () => few.rotate() },
    ],
    ROUNDS,
    WARM_UPS,
  );
  return compare('redis.rotation', figures, `${MANY.toLocaleString('en')} grants`, 'us');
}

/** Each on a Redis of its own. */
async function withFleets<T>(
  counts: readonly number[],
  work: (fleets: readonly LineageFleet[]) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'keyward-bench-'));
  const servers: RedisTestServer[] = [];
  const fleets: LineageFleet[] = [];
  try {
    for (const count of counts) {
      const server = await RedisTestServer.start(directory);
      servers.push(server);
      fleets.push(await LineageFleet.create(server.url, count, SAMPLE));
    }
    return await work(fleets);
  } finally {
    fleets.forEach((fleet) => fleet.close());
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(directory, { recursive: true, force: true });
  }
}

process.send?.(await BENCHES[process.argv[2] ?? '']?.());
process.disconnect();
