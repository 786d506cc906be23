--[[
seal: the second command of a check. The first writer's answer stands for 24 h; a later one gets it back and changes nothing.

KEYS  1 sealed answer, 2 ledger, then one an operation
ARGV
  1 the plan, big endian: at u48, swipe 8, content 16, answer u32+bytes, marks u16, operations u16, then
    each mark:      swipe 8, from u8 (bit n: state n may be left), to u8, has flags u8, flags u16
    each operation: kind u8 and  1 trace: field 8, state u8   2 use: state u8, drug 6, quantity u32   3 bind: ttl u32 s, entry 18
                    7 tally: move u8 (0 open, 1 add, 2 subtract, 3 close), at u48, columns 4 x u32
Returns
  1: this answer stands, and the swipe's entry took its state; 0: it stands alone; otherwise the answer that does
]]
-- @include constants
-- @include entries
-- @include own-claims

local plan = ARGV[1]
local at, swipe, content, answer, marks, operations, position = struct.unpack('>I6c8c16I4c0I2I2', plan)

local sealed = redis.call('GET', KEYS[1])
if sealed then
  local sealedAt, isSealed = struct.unpack('>I6B', sealed, 17)
  if isSealed == 1 and sealedAt + ANSWER_KEPT > at and string.sub(sealed, 1, 16) == content then return sealed end
end
redis.call('SET', KEYS[1], answer, 'EX', ANSWER_KEPT / 1000)

local ledger, held = redis.call('GET', KEYS[2]) or '', false
for _ = 1, marks do
  local marked, from, to, hasFlags, flags
  marked, from, to, hasFlags, flags, position = struct.unpack('>c8BBBI2', plan, position)
  local entry = findEntry(ledger, LEDGER_HEAD, LEDGER_SWIPE, marked)
  if entry then
    local state = string.byte(ledger, entry + LEDGER_STATE)
    if bit.band(from, bit.lshift(1, state)) ~= 0 then
      redis.call('SETRANGE', KEYS[2], entry - 1 + LEDGER_STATE, string.char(to))
      -- A part may have come back before the seal: that stays.
      local standing = struct.unpack('>I2', ledger, entry + LEDGER_FLAGS)
      local both = struct.pack('>I2', bit.bor(standing, flags))
      if hasFlags == 1 then redis.call('SETRANGE', KEYS[2], entry - 1 + LEDGER_FLAGS, both) end
      held = held or marked == swipe
    end
  end
end

for i = 1, operations do
  local kind = string.byte(plan, position)
  if kind ~= 3 and not held then
    -- A seal that comes after the settlement finds its sale counted, and its claims sold.
    position = position + 1 + (kind == 1 and TRACE_MOVE_WIDTH or kind == 2 and USE_MOVE_WIDTH or TALLY_MOVE_WIDTH)
  else
    position = ownOperation(kind, KEYS[i + 2], swipe, at, plan, position + 1)
  end
end
return held and 1 or 0
