/** The scripts of RedisBrowserSessionStore: each has one key and uses Redis's own clock. */

const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** KEYS[1] session; ARGV sealed, endsAtMs, idleMs. */
export const OPEN = `${NOW}
local left = math.min(tonumber(ARGV[3]), tonumber(ARGV[2]) - now)
if left < 1 then return 0 end
redis.call('HSET', KEYS[1], 'version', 1, 'sealed', ARGV[1], 'ends', ARGV[2])
redis.call('PEXPIRE', KEYS[1], left)
return 1`;

/** KEYS[1] session; ARGV idleMs. */
export const FIND = `local found = redis.call('HMGET', KEYS[1], 'version', 'sealed', 'ends')
if not found[1] then return false end
${NOW}
redis.call('PEXPIRE', KEYS[1], math.max(1, math.min(tonumber(ARGV[1]), tonumber(found[3]) - now)))
return {found[1], found[2]}`;

/** KEYS[1] session; ARGV version, sealed. The time that is left stays. */
export const REPLACE = `if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1] + 1, 'sealed', ARGV[2])
return 1`;

/** KEYS[1] session. */
export const CLOSE = `return redis.call('DEL', KEYS[1])`;

/** KEYS[1] owner; ARGV session key, endsAtMs. What has ended goes, so that the set stays small. */
export const OWN = `${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last[2]))
return 1`;

/** KEYS[1] owner; ARGV session key. */
export const IS_OWNED = `return redis.call('ZSCORE', KEYS[1], ARGV[1])`;

/** KEYS[1] owner: all that it names, which it names no longer. */
export const FORGET_OWNED = `local keys = redis.call('ZRANGE', KEYS[1], 0, -1)
redis.call('DEL', KEYS[1])
return keys`;

/** KEYS[1] lock; ARGV holder, lifetimeMs. */
export const LOCK = `return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])`;

/** KEYS[1] lock; ARGV holder. */
export const UNLOCK = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;
