/** The outcome table of refresh rotation as it is specified, apart from the server's own code. */

/** How long ago a lineage last rotated: within the retry window, within the lost-response time, or longer. */
export type Age = 'window' | 'lost' | 'old';

/** What Redis keeps of a lineage, as far as the table is concerned. */
export interface Lineage {
  readonly current: number;
  readonly parent: number;
  readonly floor: number;
  readonly age: Age;
  readonly bound: boolean;
}

export type Outcome = 'rotated' | 'replayed' | 'resumed' | 'recovered' | 'kept' | 'reused';

/** Generations before the presented one that stay answerable while rotations follow each other closely. */
export const CHAIN = 4;

/** The lineage of a grant that was just given: nothing was rotated out yet. */
export const FIRST: Lineage = { current: 1, parent: 0, floor: 1, age: 'window', bound: false };

/** What the table says about generation `g`. */
export function decide(g: number, is: Lineage): { outcome: Outcome; lineage: Lineage } {
  const inWindow = is.age === 'window';
  const moved = (outcome: Outcome, change: Partial<Lineage>) => ({
    outcome,
    lineage: { ...is, age: 'window' as const, ...change },
  });
  if (is.bound) return { outcome: g === is.current ? 'kept' : 'reused', lineage: is };
  if (g === is.current) {
    const floor = inWindow ? Math.max(is.floor, g - CHAIN) : g;
    return moved('rotated', { floor, parent: g, current: g + 1 });
  }
  if (inWindow && is.floor <= g && g <= is.parent) return { outcome: 'replayed', lineage: is };
  if (g === is.parent && is.age === 'lost') {
    return moved('resumed', { floor: g, current: is.current + 1 });
  }
  if (g > is.current) {
    const floor = inWindow ? is.floor : is.current;
    return moved('recovered', { floor, parent: g, current: g + 1 });
  }
  return { outcome: 'reused', lineage: is };
}
