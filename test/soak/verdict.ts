/** Says of the samples of a run whether memory grew, anything failed, or answers became later. */

/** One line of the table. */
export interface SoakSample {
  readonly seconds: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  readonly servers: Readonly<Record<string, ServerSample>>;
  readonly redisBytes: number;
  readonly postgresConnections: number;
  readonly postgresRows: number;
}

/** Of one server. */
export interface ServerSample {
  readonly rssBytes: number;
  readonly loopDelayP99Ms: number;
  /** After a collection of garbage; undefined where there was none at that sample. */
  readonly heapBytes?: number;
}

/** What may be and is no growth: heaps breathe, resident memory is not given back at once. */
export const TOLERANCE = { heap: 1.1, heapBytes: 8 * 2 ** 20, rss: 1.15, p99: 1.5, p99Ms: 2 };

/** @returns what is wrong; nothing where all is well */
export function verdictOn(samples: readonly SoakSample[]): readonly string[] {
  const problems: string[] = [];
  const errors = samples.reduce((sum, sample) => sum + sample.errors, 0);
  if (errors > 0) problems.push(`${errors} requests failed`);
  // What fills up in the beginning (pools, caches, tokens that live for a minute) is left out.
  const settled = samples.slice(Math.floor(samples.length / 3));
  for (const name of Object.keys(samples[0]?.servers ?? {})) {
    const of = settled.flatMap((sample) => sample.servers[name] ?? []);
    const heaps = of.flatMap(({ heapBytes }) => heapBytes ?? []);
    const [before = NaN, after = NaN] = [heaps[0], heaps.at(-1)];
    if (!(after <= before * TOLERANCE.heap + TOLERANCE.heapBytes)) {
      problems.push(
        `the heap of ${name} grew from ${mebibytes(before)} to ${mebibytes(after)} MiB`,
      );
    }
    const rss = of.map(({ rssBytes }) => rssBytes);
    const growth = 1 + (slopeOf(rss) * rss.length) / meanOf(rss);
    if (!(growth <= TOLERANCE.rss)) {
      problems.push(`the memory of ${name} grew ${growth.toFixed(2)} times`);
    }
  }
  const third = Math.max(1, Math.floor(samples.length / 3));
  const p99 = samples.map((sample) => sample.p99Ms);
  const [first, last] = [meanOf(p99.slice(0, third)), meanOf(p99.slice(-third))];
  if (!(last <= first * TOLERANCE.p99 + TOLERANCE.p99Ms)) {
    problems.push(`p99 went from ${first.toFixed(1)} to ${last.toFixed(1)} ms`);
  }
  return problems;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the straight line that fits best, a sample. */
function slopeOf(values: readonly number[]): number {
  const [middle, mean] = [(values.length - 1) / 2, meanOf(values)];
  let [above, below] = [0, 0];
  values.forEach((value, i) => {
    above += (i - middle) * (value - mean);
    below += (i - middle) ** 2;
  });
  return below === 0 ? 0 : above / below;
}
