--[[
others: on Cluster, what a seal or a change means for one entity other than the person; carried out once a step.

KEYS  1 the entity's last steps, then one an operation
ARGV
  1 the plan, big endian: at u48, swipe 8, step 8, operations u16, then each operation as in change
Returns
  codes lost to make room; 0 too when this step was carried out before
]]
-- @include constants
-- @include entries
-- @include buckets
-- @include changes

local plan = ARGV[1]
local at, swipe, step, operations, position = struct.unpack('>I6c8c8I2', plan)

local steps = redis.call('GET', KEYS[1]) or ''
if findFixed(steps, STEP_WIDTH, 0, step) then return 0 end
for i = 1, operations do position = changeOperation(KEYS[i + 1], swipe, at, plan, position) end
if #steps >= STEPS_MAX * STEP_WIDTH then steps = string.sub(steps, STEP_WIDTH + 1) end
redis.call('SET', KEYS[1], steps .. step, 'EX', ANSWER_KEPT / 1000)
return lost
