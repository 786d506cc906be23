import t from "tap";
import type { LogEntry } from "../../src/counters/contract.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { ENTITIES } from "../../src/features/entities.ts";
import type { PseudonymisedSwipe } from "../../src/swipe/pseudonymised-swipe.ts";
import { MINUTE, SECOND } from "../../src/units.ts";
import {
  AT,
  bought,
  claim,
  codes,
  ELSEWHERE,
  HERE,
  ledgerLine,
  line,
  observe,
  personBytes,
  pseudonym,
  reference,
} from "../features/fixtures.ts";
import type { Given } from "./fixtures.ts";
import { hitsOf, judged, ordinary, shippedPolicy, soundLine } from "./fixtures.ts";

const policy = shippedPolicy();
const hits = (given: Given) => hitsOf(judged(policy, given));
const approved = (code: string, approver = "manager") => ({
  override: { code, approver: pseudonym(approver) },
});

/** What is remembered of this sale's till: so many other persons, one every so many seconds. */
function crowd(sale: PseudonymisedSwipe, count: number, secondsApart: number): Given {
  const entries = Array.from(
    { length: count },
    (_, index): LogEntry => ({
      at: AT - (index + 1) * secondsApart * SECOND,
      swipe: swipeKey("", `s${index}`),
      person: personBytes(`p${index}`),
      amount: 100,
      // The same cashier as the sale's own.
      mark: personBytes("operator").slice(0, 4),
    }),
  );
  const { logs } = observe(policy.plan, sale, reference());
  const { letter } = ENTITIES.terminal;
  return { memory: { logs: logs.map(({ kind }) => (kind === letter ? entries : [])) } };
}

t.test("the shipped policy is the whole catalogue", async (t) => {
  t.equal(policy.version, "2026.11.2");
  t.match(policy.hash, /^sha256:[0-9a-f]{64}$/);
  const ids = new Set([
    ...policy.rules.map(({ everywhere }) => everywhere.id),
    ...policy.off.map(({ id }) => id),
  ]);
  const family = (prefix: string, last: number, ...more: readonly string[]) => [
    ...Array.from(
      { length: last },
      (_, index) => `${prefix}-${String(index + 1).padStart(2, "0")}`,
    ),
    ...more,
  ];
  // RS-04 is in no catalogue; RS-07 and AG-01..07 are indicators.
  const catalogue = [
    ...family("CF", 14),
    ...family("OQ", 8),
    ...family("IM", 10, "IM-01b", "IM-04b"),
    ...family("TR", 7),
    ...["RS-01", "RS-02", "RS-03", "RS-05", "RS-06", "RS-08"],
    ...family("RX", 7),
    ...family("LP", 6),
    ...family("SW", 4),
    ...family("PH", 4),
    ...family("DQ", 3),
  ];
  for (const id of catalogue) t.ok(ids.has(id), id);
  t.strictSame(
    [...ids].filter((id) => !catalogue.includes(id)).sort(),
    ["CF-05b", "DQ-03b", "IM-07b", "OV-01", "PH-02b"],
    "and these beside it: halves of rules that wait for data, and the count of overrides",
  );
});

t.test("every rule says its sentence, and only hard ones deny", async (t) => {
  for (const { everywhere } of policy.rules) {
    const { id, hard, levels, mode, source } = everywhere;
    t.equal(mode, "enforce", id);
    t.equal(
      hard,
      levels.some(({ level }) => level === "deny"),
      `${id}: hard if it denies`,
    );
    t.ok(source.length > 20, `${id}: where its numbers come from`);
    for (const level of levels) {
      const { zh, en } = level.render({});
      t.ok(zh.length <= 100, `${id}: one sentence for the cashier, ${zh.length} characters`);
      t.match(zh, /\p{Script=Han}/u, `${id} in Chinese`);
      t.notMatch(en, /\p{Script=Han}/u, `${id} in English`);
    }
  }
  for (const { id, source } of policy.off) t.match(source, /^(?:waits for|more than)/, id);
});

t.test("what would help to stay below a limit is not told", async (t) => {
  const secret = /^(?:CF-(?!14)|RS-|RX-0[25]|SW-0[24]|OV-)/;
  for (const { everywhere } of policy.rules) {
    const { id, disclose } = everywhere;
    t.equal(disclose, secret.test(id) ? "sentence" : "full", id);
  }
});

t.test("an ordinary sale is allowed, with all facts", async (t) => {
  t.match(judged(policy), { hits: [], unheard: [], level: "allow", missing: [], mode: "full" });
});

t.test("a long prescription of 84 days for a filed disease passes", async (t) => {
  const long = soundLine({
    quantity: 60_000,
    daysSupply: 84,
    prescription: { id: pseudonym("rx"), long: true },
    traceCodes: codes("a", "b", "c", "d", "e", "f"),
  });
  t.strictSame(hits({ swipe: ordinary({ disease: "I10", lines: [long] }) }), {});
});

/** How each of these rules is brought to hold: what is remembered, or what the lines are. */
const HOLDS: Readonly<Record<string, (sale: PseudonymisedSwipe) => Given>> = {
  "CF-01": (sale) => crowd(sale, 11, 50),
  "OQ-02": () => ({ memory: { ledger: [bought(1, { lines: [ledgerLine({ days: 40 })] })] } }),
  "TR-01": () => heldBy({ state: "returned" }),
  "TR-02": () => heldBy({ pharmacy: HERE }),
  "TR-03": (sale) => ({ swipe: { ...sale, lines: [soundLine({ traceCodes: [] })] } }),
  "RX-03": (sale) => ({ swipe: { ...sale, lines: [line({ traceCodes: codes("box") })] } }),
};

function heldBy(changes: Parameters<typeof claim>[0]): Given {
  return { memory: { traceCodes: [{ claims: [claim(changes)], splits: [] }] } };
}

/** The hit of a rule that holds, with these changes to the sale. */
function under(rule: string, changes: Parameters<typeof ordinary>[0]) {
  const swipe = ordinary(changes);
  const { hits } = judged(policy, { swipe, ...HOLDS[rule]?.(swipe) });
  const hit = hits.find(({ rule: id }) => id === rule);
  return [hit?.level, hit?.clearedBy, hit?.raised];
}

t.test("every hold has a human way through", async (t) => {
  for (const rule of Object.keys(HOLDS)) {
    t.strictSame(under(rule, approved("EMERGENCY")), ["warn", "EMERGENCY", "hold"], rule);
    t.strictSame(
      under(rule, approved("EMERGENCY", "operator")),
      ["hold", undefined, undefined],
      `${rule}: nobody approves himself`,
    );
    t.equal(
      under(rule, approved("CHILD"))[0],
      rule === "OQ-02" ? "warn" : "hold",
      `${rule}: only what the rule lists`,
    );
  }
  t.strictSame(under("CF-01", { agent: { registered: true } }), ["warn", "agent", "hold"]);
  t.strictSame(under("TR-02", approved("SYSTEM_RETRY")), ["warn", "SYSTEM_RETRY", "hold"]);
  t.strictSame(under("TR-03", approved("NO_CODE_STOCK")), ["warn", "NO_CODE_STOCK", "hold"]);
  t.strictSame(under("RX-03", approved("OTHER")), ["warn", "OTHER", "hold"]);
  const suspended = reference({ lists: { "suspended-staff": [pseudonym("manager")] } });
  const swipe = ordinary(approved("ELDERLY"));
  const left = HOLDS["OQ-02"]?.(swipe);
  t.equal(
    judged(policy, { ...left, swipe, reference: suspended }).level,
    "hold",
    "a suspended approver",
  );
});

t.test("nothing clears a deny", async (t) => {
  const everything = {
    ...approved("EMERGENCY"),
    agent: { registered: true },
    verification: { method: "face", outcome: "pass" },
  };
  const stolen = ordinary({ ...everything, person: { status: "2" } });
  t.equal(judged(policy, { swipe: stolen }).level, "deny");
  const boxes = Array.from({ length: 61 }, (_, index) => `b${index}`);
  const excess = soundLine({ quantity: 610_000, traceCodes: codes(...boxes) });
  t.equal(
    hits({ swipe: ordinary({ lines: [excess], ...approved("ELDERLY") }) })["OQ-05"],
    "deny",
    "a listed code clears the rule's hold, not its deny",
  );
});

t.test("a verified person or a registered proxy clears distant swipes", async (t) => {
  const attempts = [
    {
      swipe: "12345678",
      at: AT - MINUTE,
      pharmacy: ELSEWHERE,
      area: "210204",
      inquiry: false,
      credential: 3 as const,
      basket: "0000",
      codes: [],
    },
  ];
  const level = (changes: Parameters<typeof ordinary>[0]) =>
    judged(policy, { swipe: ordinary(changes), memory: { attempts } }).level;
  for (const method of ["face", "idCard", "id-card"])
    t.equal(level({ verification: { method, outcome: "pass" } }), "allow", method);
  t.equal(level({ verification: { method: "face", outcome: "fail" } }), "hold");
  t.equal(
    level({ verification: { method: "password", outcome: "pass" } }),
    "hold",
    "a password proves nobody's presence",
  );
  t.equal(level({ agent: { id: pseudonym("son"), registered: true } }), "allow");
  t.equal(level({ agent: { registered: true } }), "stepUp", "registered without a number (IM-06)");
  t.equal(level({ agent: { id: pseudonym("son"), registered: false } }), "hold");
});

t.test("what clears a stepUp need not clear the hold above it", async (t) => {
  const dishonest = reference({ lists: { dishonest: [pseudonym("own")] } });
  const level = (yuan: number, changes: Parameters<typeof ordinary>[0]) =>
    judged(policy, {
      swipe: ordinary({ funds: { pooled: yuan * 100 }, ...changes }),
      reference: dishonest,
    }).level;
  const face = { verification: { method: "face", outcome: "pass" } };
  t.strictSame([level(999, {}), level(999, face)], ["stepUp", "allow"]);
  t.strictSame([level(1_000, {}), level(1_000, face)], ["hold", "hold"]);
  t.equal(level(1_000, { ...face, ...approved("OTHER") }), "allow");
});

t.test("registered care institutions are exempt from card farming", async (t) => {
  const nurse = ordinary({ agent: { id: pseudonym("nurse"), registered: false } });
  const rush = { swipe: nurse, ...crowd(nurse, 19, 10) };
  t.strictSame(hits(rush), { "CF-01": "hold", "CF-02": "hold" });
  const lists = { "care-institution": [pseudonym("nurse")] };
  t.strictSame(hits({ ...rush, reference: reference({ lists }) }), {});
});

t.test("a hit says what was seen, the limit and the lines", async (t) => {
  const [hit] = judged(policy, {
    memory: { ledger: [bought(3, { lines: [ledgerLine({ days: 44 })] })] },
  }).hits;
  t.match(hit, {
    rule: "OQ-02",
    level: "hold",
    category: "over-quantity",
    name: { zh: "余药未尽提前购药", en: "Refill too soon" },
    message: {
      en: "About 41 days of this medicine are still on hand; the limit is 30. The store manager may give an override.",
    },
    evidence: { onHandDays: 41, limit: 30 },
    lines: ["0001"],
  });
});

t.test("without the store the rest still denies, and what hangs on it is one hit", async (t) => {
  const alone = judged(policy, { memory: null });
  t.match(alone, {
    hits: [],
    level: "warn",
    mode: "partial",
    sys01: { rule: "SYS-01", level: "warn", category: "system" },
  });
  t.ok(
    alone.missing.includes("terminalPersons10m") && alone.missing.includes("traceSoldElsewhere"),
  );
  t.notOk(
    alone.missing.includes("tokenReplayed"),
    "no token was shown, so nothing is missing of it",
  );
  t.equal(
    judged(policy, { memory: null, swipe: ordinary({ person: { status: "2" } }) }).level,
    "deny",
  );
});
