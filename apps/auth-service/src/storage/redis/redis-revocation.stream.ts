/** The stream of revocations in Redis: one key, which is all that a follower may read. */
import { revocationEvent } from '../../revocation/feed/feed.message.js';
import {
  RevocationStream,
  type StreamAddition,
} from '../../revocation/stream/revocation.stream.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

const STREAM = 'revocations';

const HEARTBEAT_INTERVAL_MS = 2000;

// The id of a revocation is its position, and so the same whenever it is added again. That of a
// heartbeat is its position and its time: after a flush too it is above every one that was read.
// ARGV: where the stream must end, the heartbeat's position and data or '', how old the one before
// must be, then position and data of each revocation.
const EXTEND = new RedisScript(`
local key = KEYS[1]
local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
local tail, sequence = '', 0
if last then
  tail, sequence = string.match(last[1], '^(%d+)-(%d+)$')
else
  redis.call('DEL', key)
end
if tail ~= ARGV[1] then return tail end
for i = 5, #ARGV, 2 do
  redis.call('XADD', key, ARGV[i] .. '-0', 'event', 'revocation', 'data', ARGV[i + 1])
  tail, sequence = ARGV[i], 0
end
if ARGV[2] == '' then return tail end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if tail == ARGV[2] then
  local before = tonumber(sequence)
  if before > 0 and now >= before and now - before < tonumber(ARGV[4]) then return tail end
  now = math.max(now, before + 1)
end
redis.call('XADD', key, ARGV[2] .. '-' .. string.format('%.0f', now), 'event', 'heartbeat', 'data', ARGV[3])
if last and last[2][2] == 'heartbeat' and last[2][4] == ARGV[3] then redis.call('XDEL', key, last[1]) end
return ARGV[2]`);

const CLEAR = new RedisScript(`
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last and string.match(last[1], '^%d+') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0`);

/** Entries have the fields `event` and `data`, which are those of the server-sent events. */
export class RedisRevocationStream extends RevocationStream {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async extend({ end, revocations, heartbeat }: StreamAddition): Promise<number | null> {
    let previous = end ?? 0;
    const entries = revocations.flatMap((revocation) => {
      const event = revocationEvent(revocation, previous);
      previous = event.position;
      return [String(event.position), JSON.stringify(event)];
    });
    const beat =
      heartbeat === null
        ? ['', '']
        : [String(heartbeat), JSON.stringify({ position: heartbeat, previous })];
    const reached = await this.redis.run(STREAM, (client) =>
      EXTEND.run(client, {
        keys: [STREAM],
        arguments: [
          end === null ? '' : String(end),
          ...beat,
          `${HEARTBEAT_INTERVAL_MS}`,
          ...entries,
        ],
      }),
    );
    return reached === '' ? null : Number(reached);
  }

  async clear(end: number): Promise<void> {
    await this.redis.run(STREAM, (client) =>
      CLEAR.run(client, { keys: [STREAM], arguments: [String(end)] }),
    );
  }

  async trim(position: number): Promise<void> {
    await this.redis.run(STREAM, (client) =>
      client.xTrim(STREAM, 'MINID', `${position}-0`, { strategyModifier: '~' }),
    );
  }
}
