/** Port: slows down those who guess user codes (RFC 8628 section 5.1). */
import { type BrakeLimit, SIGN_IN_LIMITS } from '../limits/brake.limit.js';
import { type BrakeDecision } from '../limits/sign-in.brake.js';

/** Who enters a code, and from where. */
export interface UserCodeSource {
  readonly accountId: string;
  /** An IP address; of IPv6 the /64 counts. */
  readonly address: string;
}

/** One limit for each key of an attempt. */
export interface UserCodeLimits {
  readonly account: BrakeLimit;
  readonly address: BrakeLimit;
  /** All wrong codes, whoever enters them. */
  readonly everybody: BrakeLimit;
}

/**
 * Account and address as at sign-in. Everybody together: 300 wrong codes at once, then one a second: in
 * the ten minutes of a code 900 of 2^34.5, however many accounts and addresses a guesser has. Nobody
 * waits longer than ten seconds for the guesses of others.
 */
export const USER_CODE_LIMITS: UserCodeLimits = {
  ...SIGN_IN_LIMITS,
  everybody: { freeAttempts: 300, firstDelayMs: 1000, maxDelayMs: 10_000, forgetMs: 1000 },
};

/** Counts the codes that lead nowhere. */
export abstract class UserCodeBrake {
  /**
   * Asks and counts in one atomic step, before the code is looked up. An attempt that is not allowed
   * counts for nothing.
   * @throws TemporarilyUnavailableError where it cannot be counted: then nobody may try
   */
  abstract attempt(source: UserCodeSource): Promise<BrakeDecision>;

  /**
   * The allowed attempt was no guess, or was not decided: it is taken back.
   * @throws TemporarilyUnavailableError where it cannot be recorded; time forgets the attempt then
   */
  abstract withdraw(source: UserCodeSource): Promise<void>;
}

/** What an attempt is counted under. */
export const USER_CODE_KEYS = ['account', 'address', 'everybody'] as const;
