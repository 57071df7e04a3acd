import { RedisTestServer } from '@keyward/auth-service/testing';
import { FAULTS } from './faults/fault.list.js';
import { runFault } from './faults/fault.run.js';
import { MixedLoad } from './faults/load/mixed.load.js';
import { FaultWorld } from './faults/world/fault.world.js';

const TIMEOUT_MS = 240_000;
const wanted = RedisTestServer.isInstalled() || process.env['CI'] === 'true';
/** The short ones; `npm run faults` has all of them, and docs/reliability.md what came of them. */
const SHORT = ['calm', 'redis-flushed', 'postgres-read-only', 'keys-wrong'];

(wanted ? describe : describe.skip)('faults (real Redis)', () => {
  let world: FaultWorld;
  let load: MixedLoad;
  beforeAll(async () => {
    world = await FaultWorld.start();
    load = await MixedLoad.start(world);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await load?.stop();
    await world?.stop();
  }, TIMEOUT_MS);

  it.each(FAULTS.filter(({ name }) => SHORT.includes(name)).map((fault) => [fault.name, fault]))(
    'keeps its promise through %s',
    async (_name, fault) => {
      // How fast the stores answer is up to the machine; that nobody gets a wrong answer is not.
      const report = await runFault(fault, world, load, { acceptsWaiting: true });
      expect(report.broken).toEqual([]);
      expect(report.good).toBeGreaterThan(50);
    },
    TIMEOUT_MS,
  );
});
