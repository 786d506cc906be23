-- @include bindings
-- @include tallies
-- What seal and change do for a swipe: its own claims, its partners, its tallies. State 255 lets go; drug 0 means every use, quantity 2^32-1 leaves it.

local LET_GO = 255
local ANY_DRUG = string.rep('\0', 6)
local AS_IT_IS = 4294967295

local function setTraceState(key, field, swipe, state)
  local held = redis.call('HGET', key, field)
  if not held then return end
  local after, touched
  if state == LET_GO then
    after, touched = withoutSwipe(held, CLAIM_WIDTH, swipe)
  else
    after, touched = withState(held, CLAIM_WIDTH, swipe, state)
  end
  if touched == 0 then return end
  if after == '' then redis.call('HDEL', key, field) else redis.call('HSET', key, field, after) end
end

local function setUseState(key, swipe, state, drug, quantity)
  local uses = redis.call('GET', key)
  if not uses then return end
  local kept, touched = {}, false
  for position = 1, #uses, USE_WIDTH do
    local use = string.sub(uses, position, position + USE_WIDTH - 1)
    local own = string.sub(use, 8, 15) == swipe and (drug == ANY_DRUG or string.sub(use, 30, 35) == drug)
    if own then
      touched = true
      use = string.char(state) .. string.sub(use, 2)
      if quantity ~= AS_IT_IS then use = string.sub(use, 1, 35) .. struct.pack('>I4', quantity) end
    end
    if not (own and state == LET_GO) then kept[#kept + 1] = use end
  end
  if not touched then return end
  if #kept == 0 then redis.call('DEL', key) else redis.call('SET', key, table.concat(kept), 'KEEPTTL') end
end

-- One operation of seal or change at `position` of the plan; returns where the next begins, or nil for another kind.
local function ownOperation(kind, key, swipe, at, plan, position)
  if kind == 1 then
    local field, state, after = struct.unpack('>c8B', plan, position)
    setTraceState(key, field, swipe, state)
    return after
  elseif kind == 2 then
    local state, drug, quantity, after = struct.unpack('>Bc6I4', plan, position)
    setUseState(key, swipe, state, drug, quantity)
    return after
  elseif kind == 3 then
    local ttl, entry, after = struct.unpack('>I4c18', plan, position)
    bind(key, entry, ttl)
    return after
  elseif kind == 7 then
    local move, moveAt, a, b, c, d, after = struct.unpack('>BI6I4I4I4I4', plan, position)
    writeTally(key, move, swipe, moveAt, { a, b, c, d }, at)
    return after
  end
  return nil
end
