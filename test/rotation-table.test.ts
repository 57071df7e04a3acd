import { decideRotation, type HotLineage } from '@keyward/auth-service/testing';
import { type Age, decide, type Lineage } from './model/rotation.table.js';

const RULES = { retryWindowMs: 10_000, lostResponseMs: 600_000, idleMs: 86_400_000 };
const NOW_MS = 1_800_000_000_000;
const AGES: Readonly<Record<Age, readonly number[]>> = {
  window: [-5000, 0, 1, 9_999],
  lost: [10_000, 10_001, 599_999],
  old: [600_000, 50_000_000],
};
const CLIENT = Buffer.alloc(16, 1);
const KEY = Buffer.alloc(32, 2);

/** Every lineage of up to seven generations. */
function* lineages(): Iterable<Lineage> {
  for (let current = 1; current <= 7; current += 1)
    for (let parent = 0; parent < current; parent += 1)
      for (let floor = 0; floor <= current; floor += 1)
        for (const age of ['window', 'lost', 'old'] as const)
          for (const bound of [false, true]) yield { current, parent, floor, age, bound };
}

function hot(lineage: Lineage, ageMs: number): HotLineage {
  const { current, parent, floor, bound } = lineage;
  return {
    current,
    parent,
    floor,
    lastMs: NOW_MS - ageMs,
    idleExpiresMs: NOW_MS + 1,
    absoluteExpiresMs: NOW_MS + 1_000_000,
    standing: 'live',
    clientDigest: CLIENT,
    keyBinding: bound ? KEY : null,
    grantId: '',
    accountId: '',
    sid: '',
    authenticatedAtSeconds: 0,
    termsId: 1,
  };
}

describe('decideRotation', () => {
  it('says what the table says, for every lineage, generation and age', () => {
    let cases = 0;
    for (const lineage of lineages()) {
      for (const ageMs of AGES[lineage.age]) {
        for (let generation = 1; generation <= 9; generation += 1) {
          const before = hot(lineage, ageMs);
          const presented = { generation, clientDigest: CLIENT, keyBinding: KEY, rules: RULES };
          const real = decideRotation(before, presented, NOW_MS);
          const expected = decide(generation, lineage);
          const { current, parent, floor, absoluteExpiresMs } = real.lineage;
          expect({ outcome: real.outcome, current, parent, floor }).toEqual({
            outcome: expected.outcome,
            current: expected.lineage.current,
            parent: expected.lineage.parent,
            floor: expected.lineage.floor,
          });
          const moves = ['rotated', 'resumed', 'recovered'].includes(real.outcome);
          expect(real.lineage.lastMs).toBe(moves ? NOW_MS : before.lastMs);
          expect(absoluteExpiresMs).toBe(before.absoluteExpiresMs);
          expect(real.lineage === before).toBe(real.outcome === 'replayed');
          cases += 1;
        }
      }
    }
    expect(cases).toBeGreaterThan(10_000);
  });
});
