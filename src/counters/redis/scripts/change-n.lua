--[[
change: what happened to a sale afterwards. Replaces one ledger entry if it still is what the caller read,
and only then moves its claims: whoever lost a race reads again.

KEYS  1 ledger, then one an operation
ARGV
  1 the plan, big endian: swipe 8, before u16+bytes, after u16+bytes (as long), operations u16, then
    each operation: kind u8 and  1 trace: field 8, state u8   2 use: state u8, drug 5, quantity u32   3 bind: ttl u32 s, entry 14
    4 take: field 8, entry 27 (becomes the only holder)   5 put: ttl u32 s, value u32+bytes
    6 use: measured u8, ttl u32 s, entry 38 (this swipe's use of its drug, appended when it was let go)
Returns
  the new personSeq, or 0 when the entry was not as expected
]]
-- @include constants
-- @include entries
-- @include buckets
-- @include own-claims

local plan = ARGV[1]
local swipe, before, after, operations, position = struct.unpack('>c8I2c0I2c0I2', plan)

local ledger = redis.call('GET', KEYS[1])
local entry = ledger and findEntry(ledger, LEDGER_HEAD, LEDGER_SWIPE, swipe)
if not entry or string.sub(ledger, entry, entry + #before - 1) ~= before then return 0 end
local sequence = struct.unpack('>I4', ledger) + 1
redis.call('SETRANGE', KEYS[1], 0, struct.pack('>I4', sequence))
redis.call('SETRANGE', KEYS[1], entry - 1, after)

local function take(key)
  local field, claim, next = struct.unpack('>c8c27', plan, position + 1)
  putClaim(key, field, redis.call('HEXISTS', key, field) == 1, claim, struct.unpack('>I6', claim, 2))
  return next
end

local function put(key)
  local ttl, value, next = struct.unpack('>I4I4c0', plan, position + 1)
  redis.call('SET', key, value, 'EX', ttl)
  return next
end

local function takeUse(key)
  local measured, ttl, claim, next = struct.unpack('>BI4c38', plan, position + 1)
  local uses = redis.call('GET', key) or ''
  local drug, kept, found = string.sub(claim, 30, 34), {}, false
  for p = 1, #uses, USE_WIDTH do
    local use = string.sub(uses, p, p + USE_WIDTH - 1)
    if string.sub(use, 8, 15) == swipe and string.sub(use, 30, 34) == drug then
      found = true
      use = string.sub(claim, 1, 1) .. string.sub(use, 2, 34) .. string.sub(measured == 1 and claim or use, 35)
    end
    kept[#kept + 1] = use
  end
  if not found then
    while #kept >= USES_MAX do table.remove(kept, 1) end
    kept[#kept + 1] = claim
  end
  redis.call('SET', key, table.concat(kept), 'EX', ttl)
  return next
end

for i = 1, operations do
  local kind = string.byte(plan, position)
  if kind == 4 then
    position = take(KEYS[i + 1])
  elseif kind == 5 then
    position = put(KEYS[i + 1])
  elseif kind == 6 then
    position = takeUse(KEYS[i + 1])
  else
    position = ownClaim(kind, KEYS[i + 1], swipe, plan, position + 1)
  end
end
return sequence
