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
-- @include changes

local plan = ARGV[1]
local at, swipe, before, after, operations, position = struct.unpack('>I6c8I2c0I2c0I2', plan)

local ledger = redis.call('GET', KEYS[1])
local entry = ledger and findEntry(ledger, LEDGER_HEAD, LEDGER_SWIPE, swipe)
if not entry or string.sub(ledger, entry, entry + #before - 1) ~= before then return 0 end
local sequence = struct.unpack('>I4', ledger) + 1
redis.call('SETRANGE', KEYS[1], 0, struct.pack('>I4', sequence))
redis.call('SETRANGE', KEYS[1], entry - 1, after)

for i = 1, operations do position = changeOperation(KEYS[i + 1], swipe, at, plan, position) end
return { sequence, lost }
