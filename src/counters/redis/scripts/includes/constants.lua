-- Widths, offsets and limits, the same as in limits.ts and the layouts: a test holds them equal.
local RESERVATION = 900000
local ANSWER_KEPT = 86400000
local LEDGER_KEPT = 7776000000
local ATTEMPTS_KEPT = 86400000
local TRACE_KEPT = 34560000000
local LEDGER_ENTRIES_MAX = 256
local ATTEMPTS_MAX = 64
local USES_MAX = 64
local BINDINGS_MAX = 32
local TALLY_DAYS = 29
local TALLY_OPEN_MAX = 256
local TALLY_KEPT = 5184000000
local FLAGS_MAX = 32
local CLAIMS_A_SWIPE_MAX = 700
local STEPS_MAX = 64
local TRACE_BUCKET_PRUNE = 100
local TRACE_BUCKET_MAX = 127

local LEDGER_HEAD = 6
local LEDGER_STATE = 2
local LEDGER_AT = 3
local LEDGER_SWIPE = 9
local LEDGER_FLAGS = 34
local ATTEMPTS_HEAD = 2
local ATTEMPT_AT = 2
local ATTEMPT_SWIPE = 8
local LOG_WIDTH = 32
local LOG_SWIPE = 6
local CLAIM_WIDTH = 27
local USE_WIDTH = 39
local BINDING_WIDTH = 18
local BINDING_AT = 8
local FLAG_WIDTH = 17
local FLAG_AT = 1
local TALLY_HEAD = 1
local TALLY_DAY_WIDTH = 18
local TALLY_OPEN_WIDTH = 30
local TALLY_MOVE_WIDTH = 23
-- A claim's new state in a seal: field 8, state 1; or state 1, drug 6, quantity 4.
local TRACE_MOVE_WIDTH = 9
local USE_MOVE_WIDTH = 11
local STEP_WIDTH = 8
local LOCATOR_HEAD = 25
local LOCATOR_COUNT = 23
local LOCATOR_CLAIM = 13

local EMPTY_LEDGER = string.rep('\0', LEDGER_HEAD)
local EMPTY_ATTEMPTS = string.rep('\0', ATTEMPTS_HEAD)

local RESERVED, PRESUMABLE, SOLD, RETURNED = 0, 1, 2, 3
local UNSEALED = 0
