/** The brake on sign-in in Redis, shared by every replica. */
import { type BrakeLimit, SIGN_IN_LIMITS, type SignInLimits } from '../../limits/brake.limit.js';
import { type BrakeDecision, SignInBrake, type SignInSource } from '../../limits/sign-in.brake.js';
import { signInKeys } from '../../limits/sign-in.key.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

// One hash tag: account and address must be asked and counted together, or a guess that the one
// refuses would cost the other. All of it in one slot is little: a password takes far longer.
const TAG = '{sign-in}';

/** The arithmetic of brake.limit.ts, by Redis's own clock. Every key is asked before one is counted. */
export const ATTEMPT = new RedisScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local wait = 0
local levels = {}
for i, key in ipairs(KEYS) do
  local max, forget = tonumber(ARGV[i * 4 - 1]), tonumber(ARGV[i * 4])
  local state = redis.call('HMGET', key, 'level', 'at', 'until')
  levels[i] = 0
  if state[1] then
    levels[i] = math.max(0, state[1] - math.max(0, now - state[2]) / forget)
    local remaining = state[3] - now
    if remaining <= max then wait = math.max(wait, remaining) end
  end
end
if wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  local free, first = tonumber(ARGV[i * 4 - 3]), tonumber(ARGV[i * 4 - 2])
  local max, forget = tonumber(ARGV[i * 4 - 1]), tonumber(ARGV[i * 4])
  local highest = free + math.log(max / first) / math.log(2)
  local level = math.min(levels[i] + 1, highest)
  local delay = 0
  if level > free - 1 then delay = math.ceil(math.min(max, first * 2 ^ (level - free))) end
  redis.call('HSET', key, 'level', level, 'at', now, 'until', now + delay)
  redis.call('PEXPIRE', key, math.ceil(math.max(level * forget, delay, 1)))
end
return 0`);

/** A key that has expired meanwhile must not come back, without an expiry at that. */
export const TAKE_BACK = new RedisScript(`
for i, key in ipairs(KEYS) do
  if ARGV[i] == 'all' then redis.call('DEL', key)
  elseif redis.call('EXISTS', key) == 1 then redis.call('HINCRBYFLOAT', key, 'level', -1) end
end
return 1`);

const FORGET = new RedisScript(`return redis.call('DEL', KEYS[1])`);

/**
 * A Redis that lost its memory has forgotten every attempt; one that is down lets nobody try, since
 * uncounted guesses would be unlimited ones.
 */
export class RedisSignInBrake extends SignInBrake {
  constructor(
    private readonly redis: RedisConnection,
    private readonly limits: SignInLimits = SIGN_IN_LIMITS,
  ) {
    super();
  }

  async attempt(source: SignInSource): Promise<BrakeDecision> {
    const { account, address } = this.limits;
    const retryAfterMs = await this.evaluate(ATTEMPT, source, [
      ...toArguments(account),
      ...toArguments(address),
    ]);
    return retryAfterMs === 0 ? { allowed: true } : { allowed: false, retryAfterMs };
  }

  async succeed(source: SignInSource): Promise<void> {
    await this.evaluate(TAKE_BACK, source, ['all', 'one']);
  }

  async withdraw(source: SignInSource): Promise<void> {
    await this.evaluate(TAKE_BACK, source, ['one', 'one']);
  }

  async forgive(username: string): Promise<void> {
    const key = `${TAG}:${signInKeys({ username, address: '' }).account}`;
    await this.redis.run(key, (client) => FORGET.run(client, { keys: [key], arguments: [] }));
  }

  private async evaluate(
    script: RedisScript,
    source: SignInSource,
    args: string[],
  ): Promise<number> {
    const { account, address } = signInKeys(source);
    const keys = [`${TAG}:${account}`, `${TAG}:${address}`] as const;
    return Number(
      await this.redis.run(keys[0], (client) =>
        script.run(client, { keys: [...keys], arguments: args }),
      ),
    );
  }
}

/** A limit as {@link ATTEMPT} takes it. */
export function toArguments({
  freeAttempts,
  firstDelayMs,
  maxDelayMs,
  forgetMs,
}: BrakeLimit): string[] {
  return [freeAttempts, firstDelayMs, maxDelayMs, forgetMs].map(String);
}
