/** The token bucket and the negative cache: bounds that hold whatever the demand. */
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';
import { UnknownKids } from './unknown-kids.js';

describe('TokenBucket', () => {
  it('gives no more than its capacity and one for each interval, over any stretch of time', () => {
    const steps = fc.array(fc.nat(5000), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), steps, (capacity, pauses) => {
        const bucket = new TokenBucket(capacity, 1000);
        const taken: number[] = [];
        let nowMs = 0;
        for (const pause of pauses) {
          nowMs += pause;
          if (bucket.take(nowMs)) taken.push(nowMs);
        }
        for (const [i, first] of taken.entries()) {
          for (const [j, last] of taken.slice(i).entries()) {
            expect(j + 1).toBeLessThanOrEqual(capacity + (last - first) / 1000 + 1e-6);
          }
        }
      }),
    );
  });

  it('refills to its capacity and no further', () => {
    const bucket = new TokenBucket(2, 1000);
    const take = (nowMs: number, times: number): boolean[] =>
      Array.from({ length: times }, () => bucket.take(nowMs));
    expect(take(0, 3)).toEqual([true, true, false]);
    expect(take(999, 1)).toEqual([false]);
    expect(take(1001, 2)).toEqual([true, false]);
    expect(take(1e9, 3)).toEqual([true, true, false]);
  });

  it('gives nothing for a clock that steps back, and takes nothing either', () => {
    const bucket = new TokenBucket(1, 1000);
    expect(bucket.take(10_000)).toBe(true);
    expect(bucket.take(5000)).toBe(false);
    expect(bucket.take(6000)).toBe(true);
  });
});

describe('UnknownKids', () => {
  it('remembers a kid for its lifetime, to the millisecond', () => {
    const kids = new UnknownKids(1000);
    kids.add('x', 0);
    expect([kids.has('x', 999), kids.has('x', 1000), kids.has('y', 0)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('holds a thousand kids and lets the first go for the next', () => {
    const kids = new UnknownKids(1000);
    for (let i = 0; i <= 1000; i++) kids.add(`kid-${i}`, 0);
    expect(kids.has('kid-0', 1)).toBe(false);
    expect(kids.has('kid-1', 1)).toBe(true);
    expect(kids.has('kid-1000', 1)).toBe(true);
  });

  it('counts a kid that is learnt again as new', () => {
    const kids = new UnknownKids(1000);
    for (let i = 0; i < 1000; i++) kids.add(`kid-${i}`, 0);
    kids.add('kid-0', 500);
    kids.add('another', 500);
    expect(kids.has('kid-0', 1499)).toBe(true);
    expect(kids.has('kid-1', 1)).toBe(false);
  });
});
