/** Devices that wait for a person, in Redis, shared by every replica. */
import {
  type DeviceAuthorizationEntry,
  DeviceAuthorizationStore,
  type DeviceAuthorizationTimes,
  type DevicePoll,
  type DevicePoller,
  type DeviceState,
  type EnteredDevice,
  POLL_TOLERANCE_MS,
  SLOW_DOWN_MS,
} from '../../device-authorization/device-authorization.store.js';
import { type RedisConnection } from './redis.connection.js';
import { RedisScript } from './redis.script.js';

// Redis's own clock, in milliseconds, for every replica the same.
const CLOCK = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)`;

const BEGIN = new RedisScript(`${CLOCK}
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'client', ARGV[2], 'jkt', ARGV[3], 'state', 'pending',
  'expires', now + ARGV[4], 'interval', ARGV[6], 'lease', ARGV[7])
redis.call('PEXPIRE', KEYS[1], ARGV[4] + ARGV[5])
return 1`);

const ENTER = new RedisScript(`${CLOCK}
local entry = redis.call('HMGET', KEYS[1], 'state', 'expires', 'account')
if entry[1] ~= 'pending' or now >= tonumber(entry[2]) then return 0 end
if entry[3] then return entry[3] == ARGV[1] and 1 or 0 end
redis.call('HSET', KEYS[1], 'account', ARGV[1])
return 1`);

const FIND = new RedisScript(`${CLOCK}
local entry = redis.call('HMGET', KEYS[1], 'state', 'expires', 'account', 'value')
if not entry[1] or entry[3] ~= ARGV[1] then return false end
if entry[1] == 'pending' and now >= tonumber(entry[2]) then return false end
return {entry[1], entry[4]}`);

const DECIDE = new RedisScript(`${CLOCK}
local entry = redis.call('HMGET', KEYS[1], 'state', 'expires', 'account')
if entry[1] ~= 'pending' or now >= tonumber(entry[2]) or entry[3] ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'grant', ARGV[3])
return 1`);

// What was decided is told however soon the device asks: only waiting can be done too fast.
const POLL = new RedisScript(`${CLOCK}
local entry = redis.call('HMGET', KEYS[1], 'client', 'jkt', 'state', 'grant', 'done', 'expires',
  'polled', 'interval', 'recorded', 'leased', 'lease')
if not entry[1] then return {'absent'} end
if entry[1] ~= ARGV[1] or (entry[2] ~= '' and entry[2] ~= ARGV[2]) then return {'mismatched'} end
if entry[5] then return {'replayed', entry[4]} end
if entry[3] == 'denied' then return {'denied'} end
if entry[3] == 'approved' then
  if entry[10] and now < tonumber(entry[10]) then return {'pending'} end
  redis.call('HSET', KEYS[1], 'leased', now + entry[11])
  return {'claimed', entry[4], entry[9] or ''}
end
if now >= tonumber(entry[6]) then return {'expired'} end
redis.call('HSET', KEYS[1], 'polled', now)
if entry[7] and now - entry[7] < entry[8] - ARGV[3] then
  redis.call('HSET', KEYS[1], 'interval', entry[8] + ARGV[4])
  return {'too_soon'}
end
return {'pending'}`);

const COMPLETE = new RedisScript(`
if redis.call('HEXISTS', KEYS[1], 'leased') == 0 then return 0 end
return redis.call('HSET', KEYS[1], 'done', '1')`);

const RELEASE = new RedisScript(`
if redis.call('HDEL', KEYS[1], 'leased') == 0 then return 0 end
if ARGV[1] == '1' then redis.call('HSET', KEYS[1], 'recorded', '1') end
return 1`);

/** One hash a device and one script a verb; beside it one key that leads from the user code to it. */
export class RedisDeviceAuthorizationStore extends DeviceAuthorizationStore {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async begin(
    { id, userCodeKey, value, clientId, dpopJkt }: DeviceAuthorizationEntry,
    { lifetimeSeconds, memorySeconds, intervalSeconds, leaseSeconds }: DeviceAuthorizationTimes,
  ): Promise<boolean> {
    const lifetime = toMs(lifetimeSeconds);
    // The user code first: where the device is not kept after that, it leads nowhere, and expires.
    const key = userCodeKeyOf(userCodeKey);
    const taken = await this.redis.run(key, (client) =>
      client.set(key, id, { condition: 'NX', expiration: { type: 'PX', value: Number(lifetime) } }),
    );
    if (taken === null) return false;
    const times = [lifetime, ...[memorySeconds, intervalSeconds, leaseSeconds].map(toMs)];
    await this.evaluate(BEGIN, id, value, clientId, dpopJkt ?? '', ...times);
    return true;
  }

  async enter(userCodeKey: string, accountId: string): Promise<string | null> {
    const key = userCodeKeyOf(userCodeKey);
    const id = await this.redis.run(key, (client) => client.get(key));
    if (id === null) return null;
    return (await this.evaluate(ENTER, id, accountId)) === 1 ? id : null;
  }

  async find(id: string, accountId: string): Promise<EnteredDevice | null> {
    const found = (await this.evaluate(FIND, id, accountId)) as [DeviceState, string] | null;
    return found === null ? null : { state: found[0], value: found[1] };
  }

  async decide(id: string, accountId: string, grant: string | null): Promise<boolean> {
    const state: DeviceState = grant === null ? 'denied' : 'approved';
    return (await this.evaluate(DECIDE, id, accountId, state, grant ?? '')) === 1;
  }

  async poll(id: string, { clientId, dpopJkt }: DevicePoller): Promise<DevicePoll> {
    const limits = [POLL_TOLERANCE_MS, SLOW_DOWN_MS].map(String);
    const [outcome, grant = '', recorded] = (await this.evaluate(
      POLL,
      id,
      clientId,
      dpopJkt ?? '',
      ...limits,
    )) as [DevicePoll['outcome'], string?, string?];
    if (outcome === 'claimed') return { outcome, grant, isRecorded: recorded === '1' };
    if (outcome === 'replayed') return { outcome, grant };
    return { outcome };
  }

  async complete(id: string): Promise<void> {
    await this.evaluate(COMPLETE, id);
  }

  async release(id: string, isRecorded: boolean): Promise<void> {
    await this.evaluate(RELEASE, id, isRecorded ? '1' : '0');
  }

  private evaluate(script: RedisScript, id: string, ...args: string[]): Promise<unknown> {
    const key = `device:${id}`;
    return this.redis.run(key, (client) => script.run(client, { keys: [key], arguments: args }));
  }
}

function userCodeKeyOf(userCodeKey: string): string {
  return `device-user-code:${userCodeKey}`;
}

function toMs(seconds: number): string {
  return String(Math.round(seconds * 1000));
}
