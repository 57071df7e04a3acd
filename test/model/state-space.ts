/** Visits every state that a model can reach, nearest first, and keeps how it got there. */

/** One possible step of a model. */
export interface Step<S> {
  readonly label: string;
  readonly state: S;
  /** What this step breaks, where it breaks something. */
  readonly violation?: string;
}

/** What a search found. */
export interface Exploration {
  readonly states: number;
  /** The shortest way to the first violation, and what it is; null where there is none. */
  readonly counterexample: readonly string[] | null;
}

/**
 * Breadth first, so that a counterexample is as short as any.
 * @param steps every step that is possible in a state; none ends that path
 * @param limit a bound on the states, so that a model that grows without end is noticed
 * @throws Error where the limit is reached
 */
export function explore<S>(
  initial: S,
  steps: (state: S) => Iterable<Step<S>>,
  limit = 3_000_000,
): Exploration {
  const seen = new Map<string, { readonly from: string | null; readonly label: string }>();
  let frontier = [{ key: JSON.stringify(initial), state: initial }];
  seen.set(frontier[0]?.key ?? '', { from: null, label: 'start' });
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { key, state } of frontier) {
      for (const step of steps(state)) {
        if (step.violation !== undefined) {
          const trace = [...pathTo(key, seen), step.label, step.violation];
          return { states: seen.size, counterexample: trace };
        }
        const reached = JSON.stringify(step.state);
        if (seen.has(reached)) continue;
        seen.set(reached, { from: key, label: step.label });
        if (seen.size > limit) throw new Error(`more than ${limit} states`);
        next.push({ key: reached, state: step.state });
      }
    }
    frontier = next;
  }
  return { states: seen.size, counterexample: null };
}

function pathTo(
  key: string,
  seen: ReadonlyMap<string, { readonly from: string | null; readonly label: string }>,
): string[] {
  const labels: string[] = [];
  for (let at = seen.get(key); at !== undefined && at.from !== null; at = seen.get(at.from)) {
    labels.unshift(at.label);
  }
  return labels;
}
