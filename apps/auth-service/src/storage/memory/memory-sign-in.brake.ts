/** The brake on sign-in in this process: the default of a single process without Redis. */
import { TemporarilyUnavailableError } from '@keyward/oauth';
import {
  type BrakeState,
  countAttempt,
  remainingDelayMs,
  SIGN_IN_LIMITS,
  type SignInLimits,
} from '../../limits/brake.limit.js';
import { type BrakeDecision, SignInBrake, type SignInSource } from '../../limits/sign-in.brake.js';
import { signInKeys } from '../../limits/sign-in.key.js';

/** Most keys that are counted, unless told otherwise. */
export const MAX_BRAKED_KEYS = 100_000;

/** Keys at which forgotten ones are looked for; doubled when most of them are live. */
const FIRST_SWEEP_SIZE = 1000;

interface CountedKey {
  readonly state: BrakeState;
  readonly forgottenAtMs: number;
}

/** Nothing here waits, so nothing comes between the steps of a verb. */
export class MemorySignInBrake extends SignInBrake {
  private readonly counted = new Map<string, CountedKey>();
  private sweepSize = FIRST_SWEEP_SIZE;

  /** @param maxKeys beyond it nobody may try: dropping a key would free its guesses */
  constructor(
    private readonly limits: SignInLimits = SIGN_IN_LIMITS,
    private readonly maxKeys = MAX_BRAKED_KEYS,
  ) {
    super();
  }

  async attempt(source: SignInSource): Promise<BrakeDecision> {
    const nowMs = Date.now();
    const keys = signInKeys(source);
    const names = ['account', 'address'] as const;
    const retryAfterMs = Math.max(
      ...names.map((name) => {
        const state = this.counted.get(keys[name])?.state;
        return state === undefined ? 0 : remainingDelayMs(state, this.limits[name], nowMs);
      }),
    );
    if (retryAfterMs > 0) return { allowed: false, retryAfterMs };
    this.makeRoom(nowMs);
    for (const name of names) {
      const limit = this.limits[name];
      const state = countAttempt(this.counted.get(keys[name])?.state, limit, nowMs);
      const forgottenAtMs = Math.max(nowMs + state.level * limit.forgetMs, state.untilMs);
      this.counted.set(keys[name], { state, forgottenAtMs });
    }
    return { allowed: true };
  }

  async succeed(source: SignInSource): Promise<void> {
    const { account, address } = signInKeys(source);
    this.counted.delete(account);
    this.takeBack(address);
  }

  async withdraw(source: SignInSource): Promise<void> {
    Object.values(signInKeys(source)).forEach((key) => this.takeBack(key));
  }

  async forgive(username: string): Promise<void> {
    this.counted.delete(signInKeys({ username, address: '' }).account);
  }

  /** Keys held, forgotten ones that were not swept yet included. */
  get size(): number {
    return this.counted.size;
  }

  private takeBack(key: string): void {
    const counted = this.counted.get(key);
    if (counted === undefined) return;
    const state = { ...counted.state, level: counted.state.level - 1 };
    this.counted.set(key, { ...counted, state });
  }

  private makeRoom(nowMs: number): void {
    if (this.counted.size < Math.min(this.sweepSize, this.maxKeys)) return;
    for (const [key, { forgottenAtMs }] of this.counted) {
      if (forgottenAtMs <= nowMs) this.counted.delete(key);
    }
    this.sweepSize = Math.max(FIRST_SWEEP_SIZE, this.counted.size * 2);
    if (this.counted.size < this.maxKeys) return;
    throw new TemporarilyUnavailableError(
      'the server cannot answer now',
      `more than ${this.maxKeys} keys of the sign-in brake: a server of this load needs Redis`,
    );
  }
}
