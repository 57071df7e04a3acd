/** The brake on entering user codes in this process: the default of a single process without Redis. */
import { TemporarilyUnavailableError } from '@keyward/oauth';
import {
  USER_CODE_KEYS,
  USER_CODE_LIMITS,
  UserCodeBrake,
  type UserCodeLimits,
  type UserCodeSource,
} from '../../device-authorization/user-code.brake.js';
import { userCodeKeys } from '../../device-authorization/user-code.key.js';
import { type BrakeState, countAttempt, remainingDelayMs } from '../../limits/brake.limit.js';
import { type BrakeDecision } from '../../limits/sign-in.brake.js';

/** Most keys that are counted, unless told otherwise. */
const MAX_KEYS = 10_000;

interface CountedKey {
  readonly state: BrakeState;
  readonly forgottenAtMs: number;
}

/** Nothing here waits, so nothing comes between the steps of a verb. */
export class MemoryUserCodeBrake extends UserCodeBrake {
  private readonly counted = new Map<string, CountedKey>();

  /** @param maxKeys beyond it nobody may try: dropping a key would free its guesses */
  constructor(
    private readonly limits: UserCodeLimits = USER_CODE_LIMITS,
    private readonly maxKeys = MAX_KEYS,
  ) {
    super();
  }

  async attempt(source: UserCodeSource): Promise<BrakeDecision> {
    const nowMs = Date.now();
    const keys = userCodeKeys(source);
    const waits = USER_CODE_KEYS.map((name) => {
      const state = this.counted.get(keys[name])?.state;
      return state === undefined ? 0 : remainingDelayMs(state, this.limits[name], nowMs);
    });
    const retryAfterMs = Math.max(...waits);
    if (retryAfterMs > 0) return { allowed: false, retryAfterMs };
    this.makeRoom(nowMs);
    for (const name of USER_CODE_KEYS) {
      const limit = this.limits[name];
      const state = countAttempt(this.counted.get(keys[name])?.state, limit, nowMs);
      const forgottenAtMs = Math.max(nowMs + state.level * limit.forgetMs, state.untilMs);
      this.counted.set(keys[name], { state, forgottenAtMs });
    }
    return { allowed: true };
  }

  async withdraw(source: UserCodeSource): Promise<void> {
    const keys = userCodeKeys(source);
    for (const name of USER_CODE_KEYS) {
      const counted = this.counted.get(keys[name]);
      if (counted === undefined) continue;
      const state = { ...counted.state, level: counted.state.level - 1 };
      this.counted.set(keys[name], { ...counted, state });
    }
  }

  private makeRoom(nowMs: number): void {
    if (this.counted.size < this.maxKeys) return;
    for (const [key, { forgottenAtMs }] of this.counted) {
      if (forgottenAtMs <= nowMs) this.counted.delete(key);
    }
    if (this.counted.size < this.maxKeys) return;
    throw new TemporarilyUnavailableError(
      'the server cannot answer now',
      `more than ${this.maxKeys} keys of the user code brake: a server of this load needs Redis`,
    );
  }
}
