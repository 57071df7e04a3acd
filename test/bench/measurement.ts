/** What a benchmark reports, and how two things are measured fairly on a noisy machine. */

/** One line of the report. */
export interface Measurement {
  readonly name: string;
  /** Keyward's figure. */
  readonly ours: number;
  /** The figure of what it is held against, from the same run. */
  readonly baseline: number;
  /** What it is held against: a limit such as `crypto.verify`, or a peer. */
  readonly against: string;
  readonly unit: 'us' | 'ms' | 'requests/s' | 'bytes' | 'MiB';
  /** How many times better ours is; a limit gives less than 1. */
  readonly ratio: number;
}

/** One of the things that are measured in turn. */
export interface Contender {
  readonly name: string;
  /** Runs once and says its figure. */
  readonly run: () => Promise<number> | number;
}

/**
 * Runs every contender in turn, round after round, so that a slow moment of the machine hits all
 * alike; then takes the median of each.
 *
 * @param rounds counted; at least five, after `warmUps` that are not
 */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
  warmUps: number,
): Promise<ReadonlyMap<string, number>> {
  const figures = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const { name, run } of contenders) {
      const figure = await run();
      if (round >= 0) figures.get(name)?.push(figure);
    }
  }
  return new Map([...figures].map(([name, values]) => [name, median(values)]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Holds the figure of `ours` against every other of `figures`. */
export function compare(
  name: string,
  figures: ReadonlyMap<string, number>,
  ours: string,
  unit: Measurement['unit'],
): readonly Measurement[] {
  const own = figures.get(ours) ?? NaN;
  return [...figures]
    .filter(([contender]) => contender !== ours)
    .map(([against, baseline]) => ({
      name,
      ours: own,
      baseline,
      against,
      unit,
      // Less time is better, more requests are better.
      ratio: unit === 'requests/s' ? own / baseline : baseline / own,
    }));
}
