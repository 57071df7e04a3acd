/** Request rates in Redis, shared by every replica. */
import { createHash } from 'node:crypto';
import { ROUNDING_CELLS } from '../../limits/cell.rate.js';
import { emissionMs } from '../../limits/request.rate.js';
import {
  RequestRateStore,
  type Settled,
  type Settlement,
} from '../../limits/request-rate.store.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

// Keys of one tag can be settled by one call, and the tags spread over the nodes of a cluster.
const TAGS = 64;
// Redis does nothing else meanwhile: some hundred microseconds at a time.
const MAX_KEYS_A_CALL = 100;

// The arithmetic of cell.rate.ts, by Redis's own clock. It counts from 2025 on, so that a number has
// digits left for parts of a millisecond.
const SETTLE = new RedisScript(`
local clock = redis.call('TIME')
local now = (clock[1] - 1735689600) * 1000 + clock[2] / 1000
local answers = {}
for i, key in ipairs(KEYS) do
  local emission, burst = tonumber(ARGV[i * 4 - 3]), tonumber(ARGV[i * 4 - 2])
  local spent, taking = tonumber(ARGV[i * 4 - 1]), tonumber(ARGV[i * 4])
  local tolerance = emission * burst
  local at = tonumber(redis.call('GET', key) or now)
  at = math.min(math.max(at, now), now + 2 * tolerance) + spent * emission
  local available = math.floor((now + tolerance - at) / emission + ${ROUNDING_CELLS})
  local granted = 0
  if available >= taking then
    granted = 1
    at = at + taking * emission
    available = available - taking
  end
  if spent > 0 or (taking > 0 and granted == 1) then
    redis.call('SET', key, string.format('%.17g', at), 'PX', math.max(1, math.ceil(at - now)))
  end
  local wait = 0
  if available < 1 then wait = math.max(1, math.ceil(at + emission - tolerance - now)) end
  answers[i * 3 - 2], answers[i * 3 - 1], answers[i * 3] = granted, available, wait
end
return answers`);

interface Call {
  readonly keys: string[];
  readonly arguments: string[];
  /** Which settlement each key is of. */
  readonly indices: number[];
}

/** A Redis that lost its memory has forgotten what was spent: at most one burst more for everyone. */
export class RedisRequestRateStore extends RequestRateStore {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    const answers: Settled[] = [];
    await Promise.all(callsFor(settlements).map((call) => this.make(call, answers)));
    return answers;
  }

  private async make(call: Call, answers: Settled[]): Promise<void> {
    const [first = ''] = call.keys;
    const numbers = (await this.redis.run(first, (client) => SETTLE.run(client, call))) as number[];
    call.indices.forEach((index, i) => {
      const [granted, available = 0, waitMs = 0] = numbers.slice(i * 3, i * 3 + 3);
      answers[index] = { granted: granted === 1, available, waitMs };
    });
  }
}

function callsFor(settlements: readonly Settlement[]): readonly Call[] {
  const full: Call[] = [];
  const open = new Map<number, Call>();
  settlements.forEach(({ key, rate, spent, taking }, index) => {
    // Hashed: an address is nothing to be read from a dump.
    const digest = createHash('sha256').update(key).digest();
    const tag = (digest[0] ?? 0) % TAGS;
    const call = open.get(tag) ?? { keys: [], arguments: [], indices: [] };
    open.set(tag, call);
    call.keys.push(`{limits:${tag}}:${digest.toString('base64url')}`);
    call.arguments.push(...[emissionMs(rate), rate.burst, spent, taking].map(String));
    call.indices.push(index);
    if (call.keys.length < MAX_KEYS_A_CALL) return;
    full.push(call);
    open.delete(tag);
  });
  return [...full, ...open.values()];
}
