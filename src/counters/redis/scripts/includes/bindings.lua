-- Small lists of fixed-width entries, each with a time: partners of an entity, flags of a person.

-- The entries but for that at `known`; of more than `max` the one whose time lies furthest back goes.
local function others(packed, width, known, max, atOffset)
  -- Nearly always there is room: then nothing has to be walked.
  if #packed % width == 0 and #packed / width - (known and 1 or 0) <= max then
    if not known then return packed end
    return string.sub(packed, 1, known - 1) .. string.sub(packed, known + width)
  end
  local kept, oldest, oldestAt = {}, nil, nil
  for position = 1, #packed, width do
    if position ~= known then
      kept[#kept + 1] = string.sub(packed, position, position + width - 1)
      local entryAt = struct.unpack('>I6', packed, position + atOffset)
      if not oldestAt or entryAt < oldestAt then
        oldest, oldestAt = #kept, entryAt
      end
    end
  end
  if #kept > max then table.remove(kept, oldest) end
  return table.concat(kept)
end

-- A partner seen: added, or its time and count renewed. A late swipe does not make it older than it is.
local function bind(key, entry, ttl)
  local bindings = redis.call('GET', key) or ''
  local known = findFixed(bindings, BINDING_WIDTH, 0, string.sub(entry, 1, 8))
  if known then
    local seenAt, seen = struct.unpack('>I6I4', bindings, known + BINDING_AT)
    local at, count = struct.unpack('>I6I4', entry, 1 + BINDING_AT)
    local renewed = struct.pack('>I6I4', math.max(seenAt, at), math.min(seen + count, 4294967295))
    entry = string.sub(entry, 1, 8) .. renewed
  end
  redis.call('SET', key, others(bindings, BINDING_WIDTH, known, BINDINGS_MAX - 1, BINDING_AT) .. entry, 'EX', ttl)
end
