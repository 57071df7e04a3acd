/** How attempts slow down: some are free, then each one doubles the wait, and time forgets them. */

/** The brake on one key. */
export interface BrakeLimit {
  /** Attempts that may follow each other at once. */
  readonly freeAttempts: number;
  /** The wait after the last free attempt; each further attempt doubles it. */
  readonly firstDelayMs: number;
  /** The longest wait, and so the longest that others can keep the owner out. */
  readonly maxDelayMs: number;
  /** In this time one attempt is forgotten: in the long run there is one attempt in it. */
  readonly forgetMs: number;
}

/** Where a key stands. */
export interface BrakeState {
  /** Attempts that are not forgotten, at {@link atMs}. */
  readonly level: number;
  readonly atMs: number;
  /** Until when no further attempt is allowed. */
  readonly untilMs: number;
}

/** One limit for each key of an attempt. */
export interface SignInLimits {
  readonly account: BrakeLimit;
  readonly address: BrakeLimit;
}

/**
 * An account: 16 guesses in about half an hour, then 4 an hour, whoever they come from. An address
 * may be that of many people: 20 at once, then one a minute, whichever accounts they are for.
 * @see NIST SP 800-63B-4 section 3.2.2: increasing waits, so that nobody can lock the owner out
 */
export const SIGN_IN_LIMITS: SignInLimits = {
  account: { freeAttempts: 5, firstDelayMs: 2000, maxDelayMs: 900_000, forgetMs: 900_000 },
  address: { freeAttempts: 20, firstDelayMs: 1000, maxDelayMs: 900_000, forgetMs: 60_000 },
};

/** How long a key has to wait; 0 where an attempt is allowed. */
export function remainingDelayMs(state: BrakeState, limit: BrakeLimit, nowMs: number): number {
  const remaining = Math.max(0, state.untilMs - nowMs);
  // Longer than the longest wait: the clock went back, and nobody is to wait for it.
  return remaining > limit.maxDelayMs ? 0 : Math.ceil(remaining);
}

/** The state after one more attempt. */
export function countAttempt(
  state: BrakeState | undefined,
  { freeAttempts, firstDelayMs, maxDelayMs, forgetMs }: BrakeLimit,
  nowMs: number,
): BrakeState {
  const { level, atMs } = state ?? { level: 0, atMs: nowMs };
  const left = Math.max(0, level - Math.max(0, nowMs - atMs) / forgetMs);
  // No higher than where the wait is longest: what is beyond would only take longer to forget.
  const highest = freeAttempts + Math.log2(maxDelayMs / firstDelayMs);
  const next = Math.min(left + 1, highest);
  const delayMs =
    next > freeAttempts - 1 ? Math.min(maxDelayMs, firstDelayMs * 2 ** (next - freeAttempts)) : 0;
  return { level: next, atMs: nowMs, untilMs: nowMs + Math.ceil(delayMs) };
}
