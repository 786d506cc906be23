-- Trace codes live in hash buckets; a bucket never outgrows Redis' compact encoding.

-- Codes still remembered that a full bucket let go to make room: told, so that operators hear of it.
local lost = 0

-- Codes older than their keeping go; when that is not enough, the oldest goes.
local function pruneBucket(key, at)
  local all = redis.call('HGETALL', key)
  local oldest, oldestAt, left = nil, nil, #all / 2
  for i = 1, #all, 2 do
    local claimedAt = struct.unpack('>I6', all[i + 1], #all[i + 1] - CLAIM_WIDTH + 2)
    if claimedAt + TRACE_KEPT <= at then
      redis.call('HDEL', key, all[i])
      left = left - 1
    elseif not oldestAt or claimedAt < oldestAt then
      oldest, oldestAt = all[i], claimedAt
    end
  end
  if left >= TRACE_BUCKET_MAX and oldest then
    redis.call('HDEL', key, oldest)
    lost = lost + 1
  end
end

-- `held` is what the field holds now, false when it is new.
local function putClaim(key, field, held, claim, at)
  if not held and redis.call('HLEN', key) >= TRACE_BUCKET_PRUNE then pruneBucket(key, at) end
  redis.call('HSET', key, field, claim)
end
