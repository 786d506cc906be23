--[[
flag: writes what was found out about a person. One of the same kind and reference is renewed; the oldest make room.

KEYS  1 the person's flags
ARGV
  1 the plan, big endian: ttl u32 s, entry 17 (kind u8, at u48, value u16, reference 8)
Returns
  1
]]
-- @include constants
-- @include entries
-- @include bindings

local ttl, entry = struct.unpack('>I4c17', ARGV[1])
local flags = redis.call('GET', KEYS[1]) or ''
local known
for position = 1, #flags, FLAG_WIDTH do
  local sameKind = string.byte(flags, position) == string.byte(entry, 1)
  if sameKind and string.sub(flags, position + 9, position + 16) == string.sub(entry, 10, 17) then known = position end
end
redis.call('SET', KEYS[1], others(flags, FLAG_WIDTH, known, FLAGS_MAX - 1, FLAG_AT) .. entry, 'EX', ttl)
return 1
