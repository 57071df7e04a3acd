import fc from 'fast-check';
import { ROUNDING_CELLS, settleCells } from './cell.rate.js';
import { emissionMs, type RequestRate } from './request.rate.js';

/** A bucket that leaks one request every so often: what GCRA is, told in another way. */
class NaiveBucket {
  private level = 0;
  private atMs = 0;

  constructor(private readonly rate: RequestRate) {}

  take(nowMs: number): boolean {
    this.level = Math.max(0, this.level - (nowMs - this.atMs) / emissionMs(this.rate));
    this.atMs = nowMs;
    if (this.level + 1 > this.rate.burst + ROUNDING_CELLS) return false;
    this.level += 1;
    return true;
  }
}

const RATE = fc
  .record({
    count: fc.integer({ min: 1, max: 1000 }),
    // Whole milliseconds a request, so that the naive one meets no rounding of its own.
    each: fc.integer({ min: 1, max: 5000 }),
    burst: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ count, each, burst }): RequestRate => ({ count, periodMs: count * each, burst }));
const PAUSES = fc.array(fc.oneof(fc.constant(0), fc.nat(20), fc.nat(20_000)), { maxLength: 300 });

describe('settleCells', () => {
  it('decides as a leaking bucket does, whatever the rate and whenever requests come', () => {
    fc.assert(
      fc.property(RATE, PAUSES, (rate, pauses) => {
        const bucket = new NaiveBucket(rate);
        let atMs: number | undefined;
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          const result = settleCells(atMs, { rate, spent: 0, taking: 1 }, now);
          ({ atMs } = result);
          expect(result.settled.granted).toBe(bucket.take(now));
        }
      }),
    );
  });

  it('grants at the time that it names, and not before', () => {
    fc.assert(
      fc.property(RATE, fc.nat(300), (rate, extra) => {
        const asked = { rate, spent: 0, taking: 1 };
        const { atMs, settled } = settleCells(0, { rate, spent: rate.burst, taking: 0 }, 0);
        expect(settled.available).toBe(0);
        const { waitMs } = settled;
        expect(settleCells(atMs, asked, waitMs + extra).settled.granted).toBe(true);
        const before = waitMs - 1 - ROUNDING_CELLS * emissionMs(rate);
        expect(settleCells(atMs, asked, before).settled.granted).toBe(false);
      }),
    );
  });

  it('lets in any time no more through than a burst and what the time makes up for', () => {
    fc.assert(
      fc.property(RATE, PAUSES, (rate, pauses) => {
        let atMs: number | undefined;
        let now = 0;
        let granted = 0;
        for (const pause of pauses) {
          now += pause;
          const result = settleCells(atMs, { rate, spent: 0, taking: 1 }, now);
          ({ atMs } = result);
          if (result.settled.granted) granted += 1;
        }
        expect(granted).toBeLessThanOrEqual(rate.burst + now / emissionMs(rate) + 0.01);
      }),
    );
  });
});
