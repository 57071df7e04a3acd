/** Hot copies of sessions in Redis, shared by every replica. */
import { randomUUID } from 'node:crypto';
import {
  type SessionCopyLease,
  type SessionCopyLookup,
  SessionCopyStore,
  type SessionUse,
} from '../../session/session-copy.store.js';
import { type Session } from '../../session/session.js';
import { packSession, unpackSession } from './packed.session.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

/** Longer than the record takes to answer, after which nobody would make a copy any more. */
const LEASE_MS = 10_000;

// A copy of another Redis process (ARGV[1] is the run_id) may have come back from a dump or a replica
// that lagged. All that miss at a time share one lease; the first of them that has read makes the copy.
const FIND = new RedisScript(`
local copy = redis.call('HMGET', KEYS[1], 'origin', 'session', 'idle', 'end', 'recorded')
local now = tonumber(ARGV[2])
if copy[1] == ARGV[1] and now < tonumber(copy[3]) and now < tonumber(copy[4]) then
  local idle = math.max(tonumber(copy[3]), math.min(now + tonumber(ARGV[3]), tonumber(copy[4])))
  redis.call('HSET', KEYS[1], 'idle', string.format('%.0f', idle))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', idle - now))
  local due = now - tonumber(copy[5]) >= tonumber(ARGV[4])
  if due then redis.call('HSET', KEYS[1], 'recorded', ARGV[2]) end
  return {copy[2], string.format('%.0f', idle), copy[4], due and '1' or '0'}
end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[5], 'NX', 'PX', ARGV[6])
return {redis.call('GET', KEYS[2])}`);

const PUT = new RedisScript(`
if redis.call('GET', KEYS[2]) ~= ARGV[2] or redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'origin', ARGV[1], 'session', ARGV[3], 'idle', ARGV[4], 'end', ARGV[5],
  'recorded', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
return 1`);

export class RedisSessionCopyStore extends SessionCopyStore {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  get epoch(): string {
    return this.redis.epochs;
  }

  async find(cookieSha256: Buffer, use: SessionUse): Promise<SessionCopyLookup> {
    const keys = keysOf(cookieSha256);
    const times = [use.now.getTime(), use.idleMs, use.recordEveryMs];
    const [answer, origin] = await this.redis.run(keys[0], async (client, runId) => {
      const args = [runId, ...times.map(String), randomUUID(), String(LEASE_MS)];
      return [await FIND.run(client, { keys, arguments: args }), runId] as const;
    });
    const [first = '', idleExpiresAtMs, expiresAtMs, recordDue] = answer as string[];
    if (idleExpiresAtMs === undefined) return { session: null, lease: { nonce: first, origin } };
    return {
      session: unpackSession(first, Number(idleExpiresAtMs), Number(expiresAtMs)),
      recordDue: recordDue === '1',
    };
  }

  async put(
    cookieSha256: Buffer,
    { nonce, origin }: SessionCopyLease,
    session: Session,
    now: Date,
  ): Promise<void> {
    const [idleEnd, end] = [session.idleExpiresAt.getTime(), session.expiresAt.getTime()];
    const livesMs = Math.min(idleEnd, end) - now.getTime();
    if (livesMs <= 0) return;
    const times = [idleEnd, end, now.getTime(), livesMs].map(String);
    const call = {
      keys: keysOf(cookieSha256),
      arguments: [origin, nonce, packSession(session), ...times],
    };
    await this.redis.run(call.keys[0], (client) => PUT.run(client, call));
  }

  async remove(cookieSha256: Buffer): Promise<void> {
    const keys = keysOf(cookieSha256);
    await this.redis.run(keys[0], (client) => client.del(keys));
  }
}

// One hash tag a session: copy and lease share a slot.
function keysOf(cookieSha256: Buffer): [copy: string, lease: string] {
  const copy = `session:{${cookieSha256.toString('base64url')}}`;
  return [copy, `${copy}:lease`];
}
