/** The brake on entering user codes in Redis, shared by every replica. */
import {
  USER_CODE_KEYS,
  USER_CODE_LIMITS,
  UserCodeBrake,
  type UserCodeLimits,
  type UserCodeSource,
} from '../../device-authorization/user-code.brake.js';
import { userCodeKeys } from '../../device-authorization/user-code.key.js';
import { type BrakeDecision } from '../../limits/sign-in.brake.js';
import { type RedisConnection } from './redis.connection.js';
import { type RedisScript } from './redis.script.js';
import { ATTEMPT, TAKE_BACK, toArguments } from './redis-sign-in.brake.js';

// One slot, since one of the keys is everybody's and all are asked before one is counted.
const TAG = '{user-code}';

/** The steps of the brake on sign-in, on keys of its own. */
export class RedisUserCodeBrake extends UserCodeBrake {
  constructor(
    private readonly redis: RedisConnection,
    private readonly limits: UserCodeLimits = USER_CODE_LIMITS,
  ) {
    super();
  }

  async attempt(source: UserCodeSource): Promise<BrakeDecision> {
    const args = USER_CODE_KEYS.flatMap((name) => toArguments(this.limits[name]));
    const retryAfterMs = await this.evaluate(ATTEMPT, source, args);
    return retryAfterMs === 0 ? { allowed: true } : { allowed: false, retryAfterMs };
  }

  async withdraw(source: UserCodeSource): Promise<void> {
    await this.evaluate(
      TAKE_BACK,
      source,
      USER_CODE_KEYS.map(() => 'one'),
    );
  }

  private async evaluate(
    script: RedisScript,
    source: UserCodeSource,
    args: string[],
  ): Promise<number> {
    const named = userCodeKeys(source);
    const keys = USER_CODE_KEYS.map((name) => `${TAG}:${named[name]}`);
    const answer = await this.redis.run(`${TAG}:`, (client) =>
      script.run(client, { keys, arguments: args }),
    );
    return Number(answer);
  }
}
