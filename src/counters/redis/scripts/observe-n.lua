--[[
observe: the first command of a check. Counts the swipe, reserves what it takes, and returns what was there before.
Idempotent by swipe in every entity: a repeat writes nothing twice.

KEYS  one or more an operation, in the plan's order:
  person:  1 sealed answer, 2 ledger, 3 attempts      locator: 1 the swipe's locator
  log:     1 the entity's log                         trace:   1 bucket, 2 sales of the split pack
  use:     1 uses of a token or prescription          read:    1 anything
  steps:   1 the entity's last steps (Cluster alone: first of a call without person and locator)
ARGV
  1 the plan, big endian: at u48, swipe 8, person 10, content 16, operations u16, then each operation:
    kind u8 and
    1 person:  entry u16+bytes (empty: an inquiry), attempt u16+bytes
    2 locator: ttl u32 s, locator u16+bytes
    3 log:     cut u48, max u16, ttl u32 s, entry 32
    4 trace:   write u8, field 8, entry 27
    5 use:     write u8, ttl u32 s, entry 39
    6 read
    7 steps (where this swipe's seal is among them, what it let go is not claimed again)
Returns
  {0 new | 1 retry, codes lost to make room, old value of each key read (false = absent): person gives ledger and attempts, locator none}
  {2, sealed answer}      answered within 24 h
  {3}                     same id, other content
  {4}                     same id, other person
  {5, ledger}             judged more than 24 h ago, still in the ledger
]]
-- @include constants
-- @include entries
-- @include buckets

local plan = ARGV[1]
local at, swipe, person, content, count, first = struct.unpack('>I6c8c10c16I2', plan)

local replies = { 0, 0 }
local function reply(value) replies[#replies + 1] = value or false end

-- Checks, before anything is written ------------------------------------------------------------

local retry, isSealed = false, false
local values = {}

local function checkPerson(k)
  local sealed = redis.call('GET', KEYS[k])
  if sealed then
    local sealedAt, isAnswered = struct.unpack('>I6B', sealed, 17)
    if sealedAt + ANSWER_KEPT > at then
      if string.sub(sealed, 1, 16) ~= content then return { 3 } end
      if isAnswered == 1 then return { 2, sealed } end
      retry = true
    end
  end
  local ledger = redis.call('GET', KEYS[k + 1])
  local known = ledger and findEntry(ledger, LEDGER_HEAD, LEDGER_SWIPE, swipe)
  if known and not retry then return { 5, ledger } end
  -- What became of the sale before its seal has moved its claims: one let go is not taken again.
  isSealed = known and string.byte(ledger, known + LEDGER_STATE) ~= UNSEALED
  values[k + 1] = ledger
  return nil
end

local function checkLocator(k)
  local located = redis.call('GET', KEYS[k])
  if not located then return nil end
  local locatedAt, owner, _, days = struct.unpack('>I6c10c6B', located)
  if locatedAt + days * 86400000 <= at then return nil end
  if owner ~= person then return { 4 } end
  values[k] = located
  return nil
end

-- Writes ----------------------------------------------------------------------------------------

-- The entry goes to its place by time; of more than `max` the oldest goes, so what is late never pushes out what is newer.
local function insertInto(packed, head, atOffset, keptFrom, max, entry)
  local entries, start, position = struct.unpack('>I2', packed, head - 1), head + 1, head + 1
  local place = start
  while position < #packed do
    local following, entryAt = position + lengthOf(packed, position), struct.unpack('>I6', packed, position + atOffset)
    if entryAt < keptFrom and position == start then
      start = following
      entries = entries - 1
    end
    if entryAt <= at then place = following end
    position = following
  end
  while entries >= max do
    if place <= start then return entries, string.sub(packed, start) end
    start = start + lengthOf(packed, start)
    entries = entries - 1
  end
  place = math.max(place, start)
  return entries + 1, string.sub(packed, start, place - 1) .. entry .. string.sub(packed, place)
end

local function writePerson(k, position)
  local entry, attempt, after
  entry, after = struct.unpack('>I2c0', plan, position)
  attempt, after = struct.unpack('>I2c0', plan, after)
  if not retry then
    redis.call('SET', KEYS[k], content .. struct.pack('>I6B', at, 0), 'EX', ANSWER_KEPT / 1000)
  end
  local ledger = values[k + 1]
  local sequence = ledger and struct.unpack('>I4', ledger) or 0
  -- A new swipe is not in the ledger: it would have been recalled.
  local known = retry and ledger and findEntry(ledger, LEDGER_HEAD, LEDGER_SWIPE, swipe)
  if entry ~= '' and not known then
    local entries, packed =
      insertInto(ledger or EMPTY_LEDGER, LEDGER_HEAD, LEDGER_AT, at - LEDGER_KEPT, LEDGER_ENTRIES_MAX, entry)
    redis.call('SET', KEYS[k + 1], struct.pack('>I4I2', sequence + 1, entries) .. packed, 'EX', LEDGER_KEPT / 1000)
  elseif ledger then
    redis.call('SETRANGE', KEYS[k + 1], 0, struct.pack('>I4', sequence + 1))
    redis.call('EXPIRE', KEYS[k + 1], LEDGER_KEPT / 1000)
  else
    redis.call('SET', KEYS[k + 1], struct.pack('>I4I2', 1, 0), 'EX', LEDGER_KEPT / 1000)
  end
  local attempts = redis.call('GET', KEYS[k + 2])
  local own = attempts and findEntry(attempts, ATTEMPTS_HEAD, ATTEMPT_SWIPE, swipe)
  if not own or struct.unpack('>I6', attempts, own + ATTEMPT_AT) + ATTEMPTS_KEPT <= at then
    local entries, packed =
      insertInto(attempts or EMPTY_ATTEMPTS, ATTEMPTS_HEAD, ATTEMPT_AT, at - ATTEMPTS_KEPT, ATTEMPTS_MAX, attempt)
    redis.call('SET', KEYS[k + 2], struct.pack('>I2', entries) .. packed, 'EX', ATTEMPTS_KEPT / 1000)
  end
  reply(ledger)
  reply(attempts)
  return after, 3
end

local function writeLocator(k, position)
  local ttl, locator, after = struct.unpack('>I4I2c0', plan, position)
  if not values[k] then redis.call('SET', KEYS[k], locator, 'EX', ttl) end
  return after, 1
end

-- The entry goes to its place by time, so that what is late never pushes out what is newer.
local function writeLog(k, position)
  local cut, max, ttl, entry, after = struct.unpack('>I6I2I4c32', plan, position)
  local log = redis.call('GET', KEYS[k])
  reply(log)
  log = log or ''
  local start = 1
  while start < #log and struct.unpack('>I6', log, start) <= cut do start = start + LOG_WIDTH end
  local own = findFixed(log, LOG_WIDTH, LOG_SWIPE, swipe)
  if own and own >= start then return after, 1 end
  local place = #log + 1
  while place > start and struct.unpack('>I6', log, place - LOG_WIDTH) > at do place = place - LOG_WIDTH end
  local kept = string.sub(log, start, place - 1) .. entry .. string.sub(log, place)
  if #kept > max * LOG_WIDTH then kept = string.sub(kept, #kept - max * LOG_WIDTH + 1) end
  redis.call('SET', KEYS[k], kept, 'EX', ttl)
  return after, 1
end

-- An earlier step of the same sale gives its claim up to this one.
local function sameSale(entryPerson, entryPharmacy, entryAt, pharmacy, personWidth)
  return entryPharmacy == pharmacy
    and entryPerson == string.sub(person, 1, personWidth)
    and math.abs(at - entryAt) < RESERVATION
end

local function blocks(state, entryAt, entryPerson, entryPharmacy, pharmacy, personWidth)
  if state == SOLD then return true end
  if sameSale(entryPerson, entryPharmacy, entryAt, pharmacy, personWidth) then return false end
  return state == PRESUMABLE or (state == RESERVED and entryAt + RESERVATION > at)
end

-- What stays beneath a new claim, or nil when somebody holds the code.
local function freeOf(held, splits, pharmacy)
  local beneath = ''
  for position = 1, #held, CLAIM_WIDTH do
    local state, entryAt, owner, entryPerson, entryPharmacy = struct.unpack('>BI6c8c6c6', held, position)
    if owner == swipe then return nil end
    if entryAt + TRACE_KEPT > at then
      if state == RETURNED then
        if entryPharmacy ~= pharmacy then return nil end
        beneath = string.sub(held, position, position + CLAIM_WIDTH - 1)
      elseif blocks(state, entryAt, entryPerson, entryPharmacy, pharmacy, 6) then
        return nil
      end
    end
  end
  for position = 1, #splits, USE_WIDTH do
    local state, entryAt, _, entryPerson, entryPharmacy = struct.unpack('>BI6c8c8c6', splits, position)
    local stands = state ~= RETURNED and entryAt + TRACE_KEPT > at
    if stands and blocks(state, entryAt, entryPerson, entryPharmacy, pharmacy, 8) then return nil end
  end
  return beneath
end

local function writeTrace(k, position)
  local write, field, entry, after = struct.unpack('>Bc8c27', plan, position)
  local held = redis.call('HGET', KEYS[k], field)
  local splits = redis.call('GET', KEYS[k + 1])
  reply(held)
  reply(splits)
  if write == 1 and not isSealed then
    local beneath = freeOf(held or '', splits or '', string.sub(entry, 22, 27))
    if beneath then putClaim(KEYS[k], field, held, beneath .. entry, at) end
  end
  return after, 2
end

local function writeUse(k, position)
  local write, ttl, entry, after = struct.unpack('>BI4c39', plan, position)
  local uses = redis.call('GET', KEYS[k])
  reply(uses)
  if write == 1 and not isSealed then
    uses = uses or ''
    local drug = string.sub(entry, 30, 35)
    for p = 1, #uses, USE_WIDTH do
      if string.sub(uses, p + 7, p + 14) == swipe and string.sub(uses, p + 29, p + 34) == drug then return after, 1 end
    end
    uses = withRoom(uses, at)
    -- All of them stand: it is told so, and pushes nobody out.
    if not uses then return after, 1 end
    redis.call('SET', KEYS[k], uses .. entry, 'EX', ttl)
  end
  return after, 1
end

local function justRead(k, position)
  reply(redis.call('GET', KEYS[k]))
  return position, 1
end

local function readSteps(k, position)
  local steps = redis.call('GET', KEYS[k])
  isSealed = steps and findFixed(steps, STEP_WIDTH, 0, swipe) ~= nil
  return position, 1
end

local writes = { writePerson, writeLocator, writeLog, writeTrace, writeUse, justRead, readSteps }

-- The guards stand first in a plan: person, then locator. Nothing is written before both have passed.
local function check()
  local k, position = 1, first
  if string.byte(plan, position) == 1 then
    local refused = checkPerson(k)
    if refused then return refused end
    local _, afterEntry = struct.unpack('>I2c0', plan, position + 1)
    _, position = struct.unpack('>I2c0', plan, afterEntry)
    k = k + 3
  end
  if string.byte(plan, position) == 2 then return checkLocator(k) end
  return nil
end

local refused = count > 0 and check()
if refused then return refused end

local k, position = 1, first
for _ = 1, count do
  local keys
  position, keys = writes[string.byte(plan, position)](k, position + 1)
  k = k + keys
end
if retry then replies[1] = 1 end
replies[2] = lost
return replies
