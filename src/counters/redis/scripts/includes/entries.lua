-- Walking packed entries. Positions are 1-based; widths and fields are those of ledger-layout.ts and entry-layouts.ts.

-- The length that begins a variable entry; one of zero would be walked for ever.
local function lengthOf(packed, position)
  local length = struct.unpack('>I2', packed, position)
  if length == 0 then error('GUARD_COUNTERS_PACKED: an entry has no length') end
  return length
end

-- Where the variable-length entry with this swipe starts, or nil. `offset` is the swipe's place in an entry.
local function findEntry(packed, head, offset, swipe)
  if not string.find(packed, swipe, 1, true) then return nil end
  local position = head + 1
  while position < #packed do
    if string.sub(packed, position + offset, position + offset + 7) == swipe then return position end
    position = position + lengthOf(packed, position)
  end
  return nil
end

-- Where the fixed-width entry with these bytes at this offset starts, or nil (a match across fields does not count).
local function findFixed(packed, width, offset, bytes)
  local from = 1
  while true do
    local found = string.find(packed, bytes, from, true)
    if not found then return nil end
    if (found - 1 - offset) % width == 0 then return found - offset end
    from = found + 1
  end
end

-- Room for one more use: where there are `USES_MAX`, the oldest that no longer stands goes. Nil when all of them stand.
local function withRoom(uses, at)
  if #uses / USE_WIDTH < USES_MAX then return uses end
  for position = 1, #uses, USE_WIDTH do
    local state, usedAt = struct.unpack('>BI6', uses, position)
    local stands = state == SOLD or state == PRESUMABLE or (state == RESERVED and usedAt + RESERVATION > at)
    if not stands then return string.sub(uses, 1, position - 1) .. string.sub(uses, position + USE_WIDTH) end
  end
  return nil
end

-- The packed entries without those of this swipe; second result: how many were left out.
local function withoutSwipe(packed, width, swipe)
  local kept, dropped = {}, 0
  for position = 1, #packed, width do
    if string.sub(packed, position + 7, position + 14) == swipe then
      dropped = dropped + 1
    else
      kept[#kept + 1] = string.sub(packed, position, position + width - 1)
    end
  end
  return table.concat(kept), dropped
end

-- The packed entries with the state byte of this swipe's set; second result: how many were.
local function withState(packed, width, swipe, state)
  local all, changed = {}, 0
  for position = 1, #packed, width do
    local entry = string.sub(packed, position, position + width - 1)
    if string.sub(entry, 8, 15) == swipe then
      entry = string.char(state) .. string.sub(entry, 2)
      changed = changed + 1
    end
    all[#all + 1] = entry
  end
  return table.concat(all), changed
end
