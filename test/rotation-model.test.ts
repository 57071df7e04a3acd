import { beginning, steps } from './model/lineage.model.js';
import { explore, type Step } from './model/state-space.js';
import { type Switches, type World } from './model/world.js';

const ALL: Switches = { relay: true, outlast: true, lock: true, epoch: true, tombstone: true };
const NOTHING_HAPPENS = { thefts: 0, strays: 0, losses: 0, outages: 0, revocations: 0 };

interface Scenario {
  readonly tabs?: number;
  readonly happens?: Partial<World['left']>;
  readonly off?: Partial<Switches>;
  /** An eager client refreshes again what it has only just got. Default true. */
  readonly eager?: boolean;
  /** Default 7: the floor has left the first generation behind. */
  readonly lastGeneration?: number;
}

function search({ tabs = 1, happens, off, ...client }: Scenario) {
  const initial = beginning(tabs, { ...NOTHING_HAPPENS, ...happens }, client);
  return explore(initial, (world) => steps(world, { ...ALL, ...off }));
}

// Revoked never lives again; an honest client is never logged out; thief and owner part ways.
describe('the outcome table of refresh rotation, in every order of events', () => {
  it.each<[string, Scenario]>([
    ['answers that are lost and requests that come late', { happens: { strays: 2 } }],
    ['one loss of Redis, by flush or fail-over', { happens: { losses: 1 } }],
    ['two losses of Redis', { happens: { losses: 2 }, lastGeneration: 5 }],
    ['two tabs', { tabs: 2, eager: false }],
    ['two tabs and a loss', { tabs: 2, happens: { losses: 1 }, eager: false, lastGeneration: 5 }],
    ['a thief', { happens: { thefts: 1 } }],
    ['a thief and late requests', { happens: { thefts: 1, strays: 1 }, lastGeneration: 5 }],
    ['a thief and a loss', { happens: { thefts: 1, losses: 1 }, lastGeneration: 4 }],
    ['a thief and a revocation', { happens: { thefts: 1, revocations: 1 }, lastGeneration: 5 }],
    [
      'a revocation, a loss and an outage',
      {
        happens: { revocations: 1, losses: 1, outages: 1 },
        eager: false,
        lastGeneration: 4,
      },
    ],
    [
      'a revocation and two losses',
      { happens: { revocations: 1, losses: 2 }, eager: false, lastGeneration: 4 },
    ],
  ])('holds with %s', (_, scenario) => {
    const { states, counterexample } = search(scenario);
    expect(counterexample).toBeNull();
    expect(states).toBeGreaterThan(100);
  });

  it.each<[string, Scenario, string]>([
    [
      'relay',
      { happens: { revocations: 1 }, off: { relay: false } },
      'what was revoked lives again',
    ],
    [
      'outlast',
      { happens: { revocations: 1, outages: 1 }, off: { outlast: false } },
      'what was revoked lives again',
    ],
    [
      'lock',
      { happens: { revocations: 1, losses: 2 }, off: { lock: false } },
      'what was revoked lives again',
    ],
    [
      'epoch',
      { happens: { revocations: 1, losses: 1 }, off: { epoch: false } },
      'what was revoked lives again',
    ],
    [
      'tombstone',
      { happens: { revocations: 1, losses: 1 }, off: { tombstone: false } },
      'what was revoked lives again',
    ],
  ])('breaks without %s', (_, scenario, violation) => {
    expect(search(scenario).counterexample?.at(-1)).toBe(violation);
  });

  it('gives five parallel refreshes of one token one successor', () => {
    const initial = beginning(5, NOTHING_HAPPENS, { eager: true });
    let refreshed = 0;
    function* parallel(world: World): Iterable<Step<World>> {
      for (const step of steps(world, ALL)) {
        if (step.label.includes('stores') || step.label.includes('passes')) continue;
        const answers = step.state.clients.map(({ answer }) => answer ?? 2);
        if (step.state.clients.every(({ answer }) => answer === 2)) refreshed += 1;
        if (answers.every((answer) => answer === 2)) yield step;
        else yield { ...step, violation: `two successors: ${answers.join()}` };
      }
    }
    expect(explore(initial, parallel).counterexample).toBeNull();
    expect(refreshed).toBeGreaterThan(0);
  });

  it('finds a client that stores an old answer over two newer ones: its own fault', () => {
    const { counterexample } = search({ tabs: 2, eager: true });
    expect(counterexample?.at(-1)).toBe('an honest client is logged out (reused)');
  });

  it('gives up one case: a late request of a generation that was resumed before Redis forgot it', () => {
    const { counterexample } = search({ happens: { losses: 1, strays: 1 } });
    expect(counterexample?.at(-1)).toBe('an honest client is logged out (reused)');
    for (const part of ['answer is lost', 'resumed', 'recovered', 'late request']) {
      expect(counterexample?.join('\n')).toContain(part);
    }
  });
});
