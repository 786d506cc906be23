import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { CLAIM_STATES, ENTRY_STATES, TALLY_COLUMNS } from "../../src/counters/contract.ts";
import * as entries from "../../src/counters/entry-layouts.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import * as ledger from "../../src/counters/ledger-layout.ts";
import * as limits from "../../src/counters/limits.ts";
import * as locator from "../../src/counters/locator-layout.ts";
import { observePlan } from "../../src/counters/observe-plan.ts";
import { encodeObserve } from "../../src/counters/redis/plan-codec.ts";
import * as tally from "../../src/counters/tally-layout.ts";
import { DAY } from "../../src/units.ts";
import { digest, observation, START } from "../conformance/swipes.ts";

const SCRIPTS = "src/counters/redis/scripts";

/** What constants.lua names, and the TypeScript it must equal. */
const EXPECTED: Readonly<Record<string, number>> = {
  RESERVATION: limits.RESERVATION,
  ANSWER_KEPT: limits.ANSWER_KEPT,
  LEDGER_KEPT: limits.LEDGER_KEPT,
  ATTEMPTS_KEPT: limits.ATTEMPTS_KEPT,
  TRACE_KEPT: limits.TRACE_KEPT,
  LEDGER_ENTRIES_MAX: limits.LEDGER_ENTRIES_MAX,
  ATTEMPTS_MAX: limits.ATTEMPTS_MAX,
  USES_MAX: limits.USES_MAX,
  BINDINGS_MAX: limits.BINDINGS_MAX,
  TRACE_BUCKET_PRUNE: limits.TRACE_BUCKET_PRUNE,
  TRACE_BUCKET_MAX: limits.TRACE_BUCKET_MAX,
  LEDGER_HEAD: ledger.LEDGER_HEAD,
  LEDGER_AT: ledger.ENTRY_AT_OFFSET,
  LEDGER_STATE: ledger.ENTRY_STATE_OFFSET,
  LEDGER_SWIPE: ledger.ENTRY_SWIPE_OFFSET,
  LEDGER_FLAGS: ledger.ENTRY_FLAGS_OFFSET,
  UNSEALED: ENTRY_STATES.indexOf("unsealed"),
  ATTEMPTS_HEAD: entries.ATTEMPTS_HEAD,
  ATTEMPT_AT: entries.ATTEMPT_AT_OFFSET,
  ATTEMPT_SWIPE: entries.ATTEMPT_SWIPE_OFFSET,
  LOG_WIDTH: entries.LOG_WIDTH,
  LOG_SWIPE: entries.LOG_SWIPE_OFFSET,
  CLAIM_WIDTH: entries.CLAIM_WIDTH,
  USE_WIDTH: entries.USE_WIDTH,
  BINDING_WIDTH: entries.BINDING_WIDTH,
  BINDING_AT: entries.BINDING_AT_OFFSET,
  FLAGS_MAX: limits.FLAGS_MAX,
  FLAG_WIDTH: entries.FLAG_WIDTH,
  FLAG_AT: entries.FLAG_AT_OFFSET,
  TALLY_DAYS: limits.TALLY_DAYS,
  TALLY_OPEN_MAX: limits.TALLY_OPEN_MAX,
  TALLY_KEPT: limits.TALLY_KEPT,
  TALLY_HEAD: tally.TALLY_HEAD,
  TALLY_DAY_WIDTH: tally.TALLY_DAY_WIDTH,
  TALLY_OPEN_WIDTH: tally.TALLY_OPEN_WIDTH,
  TALLY_MOVE_WIDTH: 1 + 6 + 4 * TALLY_COLUMNS,
  CLAIMS_A_SWIPE_MAX: limits.CLAIMS_A_SWIPE_MAX,
  STEPS_MAX: limits.STEPS_MAX,
  STEP_WIDTH: 8,
  TRACE_MOVE_WIDTH: 8 + 1,
  USE_MOVE_WIDTH: 1 + 6 + 4,
  LOCATOR_HEAD: locator.LOCATOR_HEAD,
  LOCATOR_COUNT: locator.LOCATOR_COUNT_OFFSET,
  LOCATOR_CLAIM: locator.LOCATOR_CLAIM,
};

t.test("the scripts' constants are those of the limits and the layouts", async (t) => {
  const lua = readFileSync(join(SCRIPTS, "includes/constants.lua"), "utf8");
  const found = Object.fromEntries(
    [...lua.matchAll(/^local ([A-Z_]+) = (\d+)$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  );
  t.same(found, EXPECTED);
  const states = /^local RESERVED, PRESUMABLE, SOLD, RETURNED = (.*)$/m.exec(lua)?.[1];
  t.same(states?.split(", ").map(Number), [0, 1, 2, 3]);
  t.same(CLAIM_STATES, ["reserved", "presumable", "sold", "returned"]);
  t.ok(ENTRY_STATES.length <= 8, "a mark names the states it may leave in eight bits");
});

t.test("what the layouts write stands where the scripts look", async (t) => {
  const swipe = digest("swipe", 8);
  const at = START;
  const entry = ledger.encodeEntry({
    swipe,
    state: "settled",
    at,
    pharmacy: "P21010200123",
    area: "210102",
    fund: 1,
    level: 5,
    presume: false,
    late: true,
    against: false,
    unchecked: false,
    partlyReturned: false,
    settlement: "sett",
    nature: { chronic: false, prescribed: true, outsider: false, proxied: true },
    returnedSoon: true,
    lines: [{ drug: digest("drug", 6), tag: 1, quantity: 2, days: 0.3, fen: 4 }],
  });
  t.equal(entry.readUInt16BE(0), entry.length);
  t.equal(entry.readUInt8(ledger.ENTRY_STATE_OFFSET), 2);
  t.equal(entry.readUIntBE(ledger.ENTRY_AT_OFFSET, 6), at);
  t.ok(ledger.sameBytes(entry, ledger.ENTRY_SWIPE_OFFSET, swipe));
  t.equal(entry.readUInt16BE(ledger.ENTRY_FLAGS_OFFSET), 5 | 16 | 1_024 | 4_096 | 8_192);
  const common = { at, swipe, pharmacy: "P21010200123" };
  const attempt = entries.encodeAttempt({
    ...{ ...common, area: "210102", inquiry: true, credential: 2, basket: "bask" },
    codes: Array.from({ length: limits.CODES_AN_ATTEMPT_MAX }, () => "code"),
  });
  t.equal(attempt.readUInt16BE(0), attempt.length);
  t.equal(attempt.readUIntBE(entries.ATTEMPT_AT_OFFSET, 6), at);
  t.ok(ledger.sameBytes(attempt, entries.ATTEMPT_SWIPE_OFFSET, swipe));
  const person = digest("p");
  const log = entries.encodeLogEntry({ at, swipe, person, amount: 2 ** 40, mark: "mark" });
  t.equal(log.length, entries.LOG_WIDTH);
  t.ok(ledger.sameBytes(log, entries.LOG_SWIPE_OFFSET, swipe));
});

t.test("a bucket of trace codes stays within Redis' compact encoding", async (t) => {
  // Redis 7: hash-max-listpack-entries 128, hash-max-listpack-value 64.
  t.ok(limits.TRACE_BUCKET_MAX < 128);
  t.ok(2 * entries.CLAIM_WIDTH <= 64, "a return and the claim above it");
});

t.test("scripts build no key and read none that is not named", async (t) => {
  for (const file of readdirSync(SCRIPTS, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".lua")) continue;
    const lua = readFileSync(join(SCRIPTS, file), "utf8");
    const keys = [...lua.matchAll(/redis\.call\('[A-Z]+', ([^,)]+)/g)].map(([, key]) => key);
    for (const key of keys) t.match(key, /^(?:KEYS\[[^\]]+\]|key)$/, `${file}: ${key}`);
    t.notMatch(lua, /(?:key|KEYS\[[^\]]+\])\s*\.\./, `${file} adds nothing to a key`);
  }
});

t.test("every key of a swipe has exactly one hash tag, and a person's share one", async (t) => {
  const names = createKeyNames("g1");
  const of = {
    ...observation({ id: "sale-0001", at: START, codes: ["a", "b"], split: true, card: "c" }),
    token: `}{${digest("t", 8)}`,
    person: "}}}}}}}}}}",
    logs: ["T03", "}{", "{}", "收银台1", "a b"].map((terminal) => ({
      ...{ kind: "t", entity: `P21010200123:${terminal}`, window: 1, exact: 1, amount: 1 },
      mark: "mark",
    })),
  };
  const { keys } = encodeObserve(observePlan(of, names));
  for (const key of keys) t.match(key, /^g1:\{[^{}]+\}[^{}]*$/);
  t.equal(new Set(keys.filter((key) => key.endsWith("w"))).size, 5, "no two tills share a log");
  const personText = Buffer.from(of.person, "latin1").toString("base64url");
  const tags = [
    ...[names.ledger(of.person), names.attempts(of.person), names.binding("p", personText)],
    ...[names.answer(of.person, of.swipe), names.returns(of.person, of.swipe)],
  ].map((key) => /\{.*\}/.exec(key)?.[0]);
  t.equal(new Set(tags).size, 1);
});

t.test("the largest swipe makes a plan whose lengths fit, whatever the till's text", async (t) => {
  const drug = digest("drug", 6);
  const line = { drug, tag: 1, quantity: 2 ** 40, days: 10_000, fen: 2 ** 40 };
  const of = {
    ...observation({ id: "sale-0001", at: START }),
    lines: Array.from({ length: limits.LINES_MAX }, () => line),
    traceCodes: Array.from({ length: 300 }, (_, i) => ({
      ...{ code: digest(`code ${i}`), line: 65_535, split: i % 2 === 0, units: 2 ** 40 },
    })),
    prescriptions: Array.from({ length: limits.LINES_MAX }, (_, i) => ({
      ...{ prescription: digest(`rx ${i}`), line: i, drug, quantity: 2 ** 40 },
    })),
    token: digest("token"),
  };
  const plan = observePlan(of, createKeyNames("g1"));
  t.ok((plan.entry?.length ?? 0) < 0x10000 && plan.locator.length < 0x10000);
  // Sizes step by one so that the plan's buffer grows in the middle of every kind of field.
  for (let lines = 0; lines <= limits.LINES_MAX; lines++) {
    const entry = Buffer.alloc(37 + 17 * lines, 1);
    for (let rest = 0; rest < 16; rest++) {
      const locator = Buffer.alloc(25 + rest, 2);
      const bytes = encodeObserve({ ...plan, entry, locator, operations: [] }).plan;
      const attempt = plan.attempt.length;
      if (bytes.length !== 42 + 1 + 2 + entry.length + 2 + attempt + 1 + 4 + 2 + locator.length)
        t.fail(`${lines} lines`);
    }
  }
  const whole = encodeObserve(plan);
  t.ok(whole.keys.length > 700 && whole.plan.length > 16_384);
});

t.test("limits that contradict one another are refused at start", async (t) => {
  t.doesNotThrow(limits.assertLimits);
  t.equal(limits.LEDGER_KEPT, 90 * DAY);
});
