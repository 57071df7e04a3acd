import { type BrakeState, countAttempt, remainingDelayMs, SIGN_IN_LIMITS } from './brake.limit.js';

describe('the limits of sign-in', () => {
  /** Guesses of somebody who never rests, until `endMs`. */
  function guesses(name: 'account' | 'address', endMs: number): number {
    const limit = SIGN_IN_LIMITS[name];
    let state: BrakeState | undefined;
    let count = 0;
    for (let nowMs = 0; nowMs < endMs; count += 1) {
      state = countAttempt(state, limit, nowMs);
      nowMs += remainingDelayMs(state, limit, nowMs);
    }
    return count;
  }
  const HOUR_MS = 3_600_000;

  it.each([
    ['account', 1, 25],
    ['account', 24, 120],
    ['account', 24 * 30, 3000],
    ['address', 1, 90],
    ['address', 24, 1500],
  ] as const)(
    'leave a restless guesser at one %s in %d h at most %d guesses',
    (name, hours, max) => {
      expect(guesses(name, hours * HOUR_MS)).toBeLessThanOrEqual(max);
    },
  );

  it('keep nobody out for longer than a quarter of an hour', () => {
    for (const limit of Object.values(SIGN_IN_LIMITS)) {
      let state: BrakeState | undefined;
      for (let count = 0; count < 1000; count += 1) {
        state = countAttempt(state, limit, 0);
        expect(remainingDelayMs(state, limit, 0)).toBeLessThanOrEqual(900_000);
      }
    }
  });

  it('let a person mistype four times without a wait', () => {
    let state: BrakeState | undefined;
    for (let count = 0; count < 4; count += 1) {
      state = countAttempt(state, SIGN_IN_LIMITS.account, count * 1000);
      expect(remainingDelayMs(state, SIGN_IN_LIMITS.account, count * 1000)).toBe(0);
    }
  });
});
