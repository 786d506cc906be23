--[[
read: values of several keys at once. Writes nothing.

KEYS  n, in the plan's order
ARGV
  1 the plan, big endian, for each key: kind u8, 0: a string, 1: the field 8 of a hash
Returns
  the value of each (false = absent)
]]
local plan, position, replies = ARGV[1], 1, {}
for k = 1, #KEYS do
  local kind = string.byte(plan, position)
  position = position + 1
  if kind == 1 then
    replies[k] = redis.call('HGET', KEYS[k], string.sub(plan, position, position + 7))
    position = position + 8
  else
    replies[k] = redis.call('GET', KEYS[k])
  end
end
return replies
