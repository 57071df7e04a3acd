/** The corpus of the fuzzers and some new inputs; `npm run fuzz` is for a million. */
import { randomInt } from 'node:crypto';
import { runTarget } from './fuzz/fuzz.run.js';
import { TARGETS } from './fuzz/targets.js';

/** How many new inputs, for a few seconds each. */
const COUNTS: Readonly<Record<string, number>> = {
  ...{ token: 1500, proof: 500, codec: 3000, length: 60, documents: 150, feed: 200 },
  ...{ 'auth-service': 600, 'orders-service': 300, 'payments-service': 300, storefront: 200 },
};

describe('inputs of nobody who means well', () => {
  it.each(TARGETS.filter(({ name }) => name in COUNTS))(
    '$name: no crash, no 500, no hang, nothing accepted that others refuse',
    async (target) => {
      const seed = randomInt(2 ** 31);
      const { findings } = await runTarget(target, { count: COUNTS[target.name] ?? 0, seed });
      // `npm run fuzz -- --only <name> --seed <seed>` finds it again and keeps it.
      expect({ seed, findings }).toEqual({ seed, findings: [] });
    },
    120_000,
  );
});
