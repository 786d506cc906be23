--[[
fold: replaces a person's whole ledger if it still is what the caller read. What is left of its time to live stays.

KEYS  1 ledger
ARGV
  1 the plan, big endian: before u32+bytes, after u32+bytes
Returns
  1, or 0 when the ledger was not as expected
]]
local before, after = struct.unpack('>I4c0I4c0', ARGV[1])
if redis.call('GET', KEYS[1]) ~= before then return 0 end
redis.call('SET', KEYS[1], after, 'KEEPTTL')
return 1
