-- @include own-claims
-- What happens to a sale afterwards, for each of its entities: one operation of change at `position` of the plan.

local function take(key, plan, position)
  local field, claim, after = struct.unpack('>c8c27', plan, position)
  putClaim(key, field, redis.call('HEXISTS', key, field) == 1, claim, struct.unpack('>I6', claim, 2))
  return after
end

local function put(key, plan, position)
  local ttl, value, after = struct.unpack('>I4I4c0', plan, position)
  redis.call('SET', key, value, 'EX', ttl)
  return after
end

local function takeUse(key, swipe, at, plan, position)
  local measured, ttl, claim, after = struct.unpack('>BI4c39', plan, position)
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
  local packed = table.concat(kept)
  -- What was sold is written down, whoever stands there.
  if not found then packed = (withRoom(packed, at) or string.sub(packed, USE_WIDTH + 1)) .. claim end
  redis.call('SET', key, packed, 'EX', ttl)
  return after
end

-- Claims that came after the check; one that is in the locator already stays as it is.
local function extendLocator(key, at, plan, position)
  local claims, after = struct.unpack('>I2c0', plan, position)
  local located = redis.call('GET', key)
  if not located then return after end
  local locatedAt, _, _, days, count = struct.unpack('>I6c10c6BI2', located)
  if locatedAt + days * 86400000 <= at then return after end
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
  return after
end

-- Returns where the next operation begins.
local function changeOperation(key, swipe, at, plan, position)
  local kind = string.byte(plan, position)
  if kind == 4 then return take(key, plan, position + 1) end
  if kind == 5 then return put(key, plan, position + 1) end
  if kind == 6 then return takeUse(key, swipe, at, plan, position + 1) end
  if kind == 8 then return extendLocator(key, at, plan, position + 1) end
  return ownOperation(kind, key, swipe, at, plan, position + 1)
end
