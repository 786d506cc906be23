-- Daily totals, and presumable sales that stand open until their time is over: the same as embedded/tallies.ts.

local COLUMN_MAX = 4294967295

-- A Shanghai calendar day, as in units.ts.
local function dayOf(at)
  return math.floor((at + 28800000) / 86400000)
end

local function addTo(sum, columns, sign)
  for i = 1, 4 do sum[i] = math.min(math.max(sum[i] + sign * columns[i], 0), COLUMN_MAX) end
end

local function addToDay(days, day, columns)
  local place = #days
  while place > 0 and days[place].day > day do place = place - 1 end
  if place == 0 or days[place].day ~= day then
    place = place + 1
    table.insert(days, place, { 0, 0, 0, 0, day = day })
  end
  addTo(days[place], columns, 1)
end

local function subtractFromDay(days, day, columns)
  for _, standing in ipairs(days) do
    if standing.day == day then addTo(standing, columns, -1) end
  end
end

-- The days, and the open sales but for those whose time is over: they become part of their days.
local function readTally(packed, now)
  local days, open = {}, {}
  local position = 1 + TALLY_HEAD
  for i = 1, string.byte(packed, 1) do
    local day, a, b, c, d = struct.unpack('>I2I4I4I4I4', packed, position)
    days[i] = { a, b, c, d, day = day }
    position = position + TALLY_DAY_WIDTH
  end
  while position < #packed do
    local saleAt, swipe, a, b, c, d = struct.unpack('>I6c8I4I4I4I4', packed, position)
    local sale = { a, b, c, d, at = saleAt, swipe = swipe }
    if saleAt + RESERVATION <= now then addToDay(days, dayOf(saleAt), sale) else open[#open + 1] = sale end
    position = position + TALLY_OPEN_WIDTH
  end
  return days, open
end

-- Days too old for any reader go.
local function packTally(days, open, now)
  local newest = math.max(dayOf(now), #days > 0 and days[#days].day or 0)
  local packed, count = { '' }, 0
  for _, of in ipairs(days) do
    if of.day > newest - TALLY_DAYS then
      count = count + 1
      packed[#packed + 1] = struct.pack('>I2I4I4I4I4', of.day, of[1], of[2], of[3], of[4])
    end
  end
  packed[1] = string.char(count)
  for _, of in ipairs(open) do
    packed[#packed + 1] = struct.pack('>I6c8I4I4I4I4', of.at, of.swipe, of[1], of[2], of[3], of[4])
  end
  return table.concat(packed)
end

-- A crowd beyond the bound counts the oldest early: it is most likely to stand.
local function noteOpen(days, open, sale)
  open[#open + 1] = sale
  if #open <= TALLY_OPEN_MAX then return end
  local oldest = 1
  for i, other in ipairs(open) do
    if other.at < open[oldest].at then oldest = i end
  end
  local counted = table.remove(open, oldest)
  addToDay(days, dayOf(counted.at), counted)
end

local function isNothing(sale)
  return sale[1] == 0 and sale[2] == 0 and sale[3] == 0 and sale[4] == 0
end

-- move: 0 open (a presumable sale of this swipe), 1 add, 2 subtract, 3 close.
local function writeTally(key, move, swipe, at, columns, now)
  local packed = redis.call('GET', key)
  -- What is not there has nothing that could be taken away or closed.
  if not packed and move > 1 then return end
  local days, open = readTally(packed or '\0', now)
  local own
  for i, sale in ipairs(open) do
    if sale.swipe == swipe then own = i end
  end
  if move == 0 and not own then
    columns.at, columns.swipe = at, swipe
    noteOpen(days, open, columns)
  elseif move == 1 then
    addToDay(days, dayOf(at), columns)
  elseif move == 2 and own then
    addTo(open[own], columns, -1)
    if isNothing(open[own]) then table.remove(open, own) end
  elseif move == 2 then
    subtractFromDay(days, dayOf(at), columns)
  elseif move == 3 and own then
    local closed = table.remove(open, own)
    addToDay(days, dayOf(closed.at), closed)
  end
  redis.call('SET', key, packTally(days, open, now), 'EX', TALLY_KEPT / 1000)
end
