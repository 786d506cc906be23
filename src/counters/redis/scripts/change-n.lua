--[[
change: what happened to a sale afterwards. Replaces one ledger entry if it still is what the caller read,
and only then moves its claims: whoever lost a race reads again.

KEYS  1 ledger, then one an operation
ARGV
  1 the plan, big endian: at u48, swipe 8, before u16+bytes, after u16+bytes (as long), operations u16, then
    each operation: kind u8 and  1 trace: field 8, state u8   2 use: state u8, drug 6, quantity u32   3 bind: ttl u32 s, entry 18
    4 take: field 8, entry 27 (becomes the only holder)   5 put: ttl u32 s, value u32+bytes
    6 use: measured u8, ttl u32 s, entry 39 (this swipe's use of its drug, appended when it was let go)
    7 tally: move u8, at u48, columns 4 x u32   8 locator: claims u16+bytes (added where they are not in it yet)
Returns
  {the new personSeq, codes lost to make room}, or 0 when the entry was not as expected
]]
-- @include constants
-- @include entries
-- @include buckets
-- @include own-claims

local plan = ARGV[1]
local at, swipe, before, after, operations, position = struct.unpack('>I6c8I2c0I2c0I2', plan)

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
  local measured, ttl, claim, next = struct.unpack('>BI4c39', plan, position + 1)
  local uses = redis.call('GET', key) or ''
  local drug, kept, found = string.sub(claim, 30, 35), {}, false
  for p = 1, #uses, USE_WIDTH do
    local use = string.sub(uses, p, p + USE_WIDTH - 1)
    if string.sub(use, 8, 15) == swipe and string.sub(use, 30, 35) == drug then
      found = true
      use = string.sub(claim, 1, 1) .. string.sub(use, 2, 35) .. string.sub(measured == 1 and claim or use, 36)
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

-- Claims that came after the check; one that is in the locator already stays as it is.
local function extendLocator(key)
  local claims, next = struct.unpack('>I2c0', plan, position + 1)
  local located = redis.call('GET', key)
  if not located then return next end
  local locatedAt, _, _, days, count = struct.unpack('>I6c10c6BI2', located)
  if locatedAt + days * 86400000 <= at then return next end
  for p = 1, #claims, LOCATOR_CLAIM do
    local claim = string.sub(claims, p, p + LOCATOR_CLAIM - 1)
    local known = findFixed(string.sub(located, LOCATOR_HEAD + 1), LOCATOR_CLAIM, 0, claim)
    if not known and count < CLAIMS_A_SWIPE_MAX then
      located = located .. claim
      count = count + 1
    end
  end
  located = string.sub(located, 1, LOCATOR_COUNT) .. struct.pack('>I2', count) .. string.sub(located, LOCATOR_HEAD + 1)
  redis.call('SET', key, located, 'KEEPTTL')
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
  elseif kind == 8 then
    position = extendLocator(KEYS[i + 1])
  else
    position = ownOperation(kind, KEYS[i + 1], swipe, at, plan, position + 1)
  end
end
return { sequence, lost }
