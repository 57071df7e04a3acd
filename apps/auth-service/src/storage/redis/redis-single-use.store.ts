/** Whatever may be used once, in Redis, shared by every replica. */
import {
  type ClaimOutcome,
  type SingleUseEntry,
  SingleUseStore,
} from '../../single-use/single-use.store.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

// One hash an entry: value, binding, how long a claim is remembered, and whether it was claimed.
const PUT = new RedisScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'binding', ARGV[2], 'memory', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`);

const PEEK = new RedisScript(`
local entry = redis.call('HMGET', KEYS[1], 'value', 'claimed')
if entry[2] then return false end
return entry[1]`);

// The memory is added at the claim: an entry that nobody claims is gone with its lifetime.
const CLAIM = new RedisScript(`
local entry = redis.call('HMGET', KEYS[1], 'value', 'binding', 'memory', 'claimed')
if not entry[1] then return {'absent'} end
if entry[2] ~= ARGV[1] then return {'mismatched'} end
if entry[4] then return {'replayed', entry[1]} end
redis.call('HSET', KEYS[1], 'claimed', '1')
redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[1]) + entry[3])
return {'claimed', entry[1]}`);

// A time to live of zero or less removes the entry: its lifetime passed while it was claimed.
const RELEASE = new RedisScript(`
local entry = redis.call('HMGET', KEYS[1], 'memory', 'claimed')
if not entry[2] then return 0 end
redis.call('HDEL', KEYS[1], 'claimed')
redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[1]) - entry[1])
return 1`);

/** One key an entry and one script a verb: each runs alone, whoever else asks at the same time. */
export class RedisSingleUseStore extends SingleUseStore {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async put(
    key: string,
    { value, binding }: SingleUseEntry,
    lifetimeSeconds: number,
    memorySeconds = 0,
  ): Promise<boolean> {
    const times = [lifetimeSeconds, memorySeconds].map((seconds) => String(toMs(seconds)));
    return (await this.evaluate(PUT, key, value, binding, ...times)) === 1;
  }

  async peek(key: string): Promise<string | null> {
    return (await this.evaluate(PEEK, key)) as string | null;
  }

  async claim(key: string, binding: string): Promise<ClaimOutcome> {
    const [outcome, value] = (await this.evaluate(CLAIM, key, binding)) as [
      ClaimOutcome['outcome'],
      string?,
    ];
    if (outcome === 'absent' || outcome === 'mismatched') return { outcome };
    return { outcome, value: value ?? '' };
  }

  async release(key: string): Promise<void> {
    await this.evaluate(RELEASE, key);
  }

  private evaluate(script: RedisScript, key: string, ...args: string[]): Promise<unknown> {
    const entry = `once:${key}`;
    return this.redis.run(entry, (client) =>
      script.run(client, { keys: [entry], arguments: args }),
    );
  }
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
