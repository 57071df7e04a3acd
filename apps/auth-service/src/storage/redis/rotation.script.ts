/** The Lua of refresh rotation: the same table as in rotation.decision.ts, decided within Redis. */
import { RedisScript } from './redis.script.js';

// A packed record (see lineage.packing.ts) is what rotation changes, who wrote it, and the rest,
// which begins with the client's digest and ends with the key binding. A tombstone has no rest.
const RECORD = `
local function unpacked(value)
  local r = { value = value, run = string.sub(value, 39, 78), rest = string.sub(value, 79) }
  local layout
  layout, r.standing, r.current, r.parent, r.floor, r.last, r.idle, r.absolute =
    struct.unpack('>BBI4I4I4ddd', value)
  if layout ~= 1 then return nil end
  return r
end
local function write(r, run)
  r.value = struct.pack('>BBI4I4I4ddd',
    1, r.standing, r.current, r.parent, r.floor, r.last, r.idle, r.absolute) .. run .. r.rest
  local expiry = math.min(r.idle, r.absolute)
  redis.call('SET', KEYS[1], r.value, 'PXAT', string.format('%.0f', expiry))
end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function stored()
  local value = redis.call('GET', KEYS[1])
  return value and unpacked(value)
end
local function merged(recorded, hot)
  if not hot then return recorded end
  local hot_is_later = hot.current > recorded.current or
    (hot.current == recorded.current and hot.idle >= recorded.idle)
  local r = hot_is_later and hot or recorded
  if hot.standing ~= 0 then r.standing = hot.standing end
  return r
end
`;

/**
 * ARGV: run_id of this process, generation, client digest, key binding or nothing, retry window,
 * lost-response time, idle lifetime, packed lineage to merge or nothing.
 * Answers nothing for a miss, otherwise outcome, record and age.
 */
export const PRESENT = new RedisScript(`${RECORD}
local run, g, client, binding = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local window, lost, idle = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local r = stored()
local dirty = false
if ARGV[8] ~= '' then
  if not r or r.run ~= run or r.rest == '' then
    r = merged(unpacked(ARGV[8]), r)
    dirty = true
  end
elseif not r or r.run ~= run or r.rest == '' then
  return false
end

local at = now()
local age = math.max(0, at - r.last)
local function answer(outcome)
  return { outcome, r.value, string.format('%.0f', age) }
end
local function kept(outcome)
  if dirty then write(r, run) end
  return answer(outcome)
end
local function moved(outcome)
  r.idle = math.min(at + idle, r.absolute)
  write(r, run)
  return answer(outcome)
end

local bound = string.sub(r.rest, 73)
if string.sub(r.rest, 1, 16) ~= client then return answer('wrong_client') end
if bound ~= '' and bound ~= binding then return answer('wrong_key') end
if r.standing == 1 then return kept('revoked') end
if r.standing == 2 then return kept('reused') end
if at >= r.absolute then return answer('expired') end
if at >= r.idle then return answer('idle_expired') end

local in_window = age < window
if bound ~= '' then
  if g == r.current then return moved('kept') end
elseif g == r.current then
  r.floor = in_window and math.max(r.floor, g - 4) or g
  r.parent, r.current, r.last = g, g + 1, at
  return moved('rotated')
elseif in_window and r.floor <= g and g <= r.parent then
  return kept('replayed')
elseif g == r.parent and not in_window and age < lost then
  r.floor, r.current, r.last = g, r.current + 1, at
  return moved('resumed')
elseif g > r.current then
  if not in_window then r.floor = r.current end
  r.parent, r.current, r.last = g, g + 1, at
  return moved('recovered')
end
r.standing = 2
write(r, run)
return answer('reused')`);

/** ARGV: run_id of this process, packed lineage to merge. */
export const PUT = new RedisScript(`${RECORD}
write(merged(unpacked(ARGV[2]), stored()), ARGV[1])
return 1`);

/** ARGV: run_id of this process, absolute expiry. What is not there is remembered as revoked all the same. */
export const REVOKE = new RedisScript(`${RECORD}
local r = stored()
local absolute = tonumber(ARGV[2])
if not r then
  r = { run = ARGV[1], rest = '', current = 0, parent = 0, floor = 0, last = 0 }
  r.idle, r.absolute = absolute, absolute
end
r.standing = 1
write(r, r.run)
return 1`);
