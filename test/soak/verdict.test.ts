import { type SoakSample, verdictOn } from './verdict.js';

const MIB = 2 ** 20;

/** A run of a minute, sample by sample. */
function run(
  change: (i: number) => { rss?: number; heap?: number; p99?: number; errors?: number },
) {
  return Array.from({ length: 30 }, (_, i): SoakSample => {
    const { rss = 100 * MIB, heap = 50 * MIB, p99 = 10, errors = 0 } = change(i);
    const collected = [0, 10, 15, 29].includes(i) ? { heapBytes: heap } : {};
    const server = { rssBytes: rss, loopDelayP99Ms: 1, ...collected };
    return {
      ...{ seconds: i * 10, requests: 1000, p50Ms: 1, p99Ms: p99, errors },
      servers: { 'auth-service': server },
      ...{ redisBytes: 0, postgresConnections: 1, postgresRows: 0 },
    };
  });
}

describe('the verdict on a soak', () => {
  it('finds nothing wrong with what breathes and with what fills up in the beginning', () => {
    const breathing = run((i) => ({
      rss: (i < 8 ? 60 + 5 * i : 100 + (i % 3)) * MIB,
      heap: (i === 0 ? 30 : 50 + (i % 2)) * MIB,
      p99: 10 + (i % 4),
    }));
    expect(verdictOn(breathing)).toEqual([]);
  });

  it.each([
    ['a heap that grows', run((i) => ({ heap: (50 + i) * MIB })), /heap of auth-service grew/],
    [
      'memory that grows',
      run((i) => ({ rss: (100 + 2 * i) * MIB })),
      /memory of auth-service grew/,
    ],
    ['answers that become later', run((i) => ({ p99: 10 + i })), /p99 went from/],
    ['one request that failed', run((i) => ({ errors: i === 7 ? 1 : 0 })), /1 requests failed/],
  ])('finds %s', (_, samples, problem) => {
    expect(verdictOn(samples)).toEqual([expect.stringMatching(problem)]);
  });
});
