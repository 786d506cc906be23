import t from "tap";
import type { LogEntry } from "../../src/counters/contract.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { render } from "../../src/rules/message.ts";
import { SECOND } from "../../src/units.ts";
import {
  AT,
  bought,
  claim,
  codes,
  DAY,
  ELSEWHERE,
  HERE,
  HOUR,
  ledgerLine,
  line,
  MINUTE,
  personBytes,
  pseudonym,
  reference,
  use,
} from "../features/fixtures.ts";
import type { Given } from "./fixtures.ts";
import { hitsOf, judged, ordinary, shippedPolicy } from "./fixtures.ts";

const policy = shippedPolicy();
const hits = (given: Given) => hitsOf(judged(policy, given));
const coded = (changes: Parameters<typeof line>[0] = {}) =>
  line({ traceCodes: codes("box"), ...changes });
const packs = (count: number, changes: Parameters<typeof line>[0] = {}) =>
  coded({
    quantity: count * 10_000,
    traceCodes: codes(...Array.from({ length: count }, (_, i) => `box${i}`)),
    ...changes,
  });
const mine = { person: personBytes("own").slice(0, 8), pharmacy: HERE };

function others(count: number, secondsApart: number): readonly LogEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    at: AT - (index + 1) * secondsApart * SECOND,
    swipe: swipeKey("", `s${index}`),
    person: personBytes(`p${index}`).slice(0, 8),
    amount: 100,
  }));
}

t.test("the shipped policy has exactly these rules, enforced", async (t) => {
  t.equal(policy.version, "2026.11.1");
  t.match(policy.hash, /^sha256:[0-9a-f]{64}$/);
  t.strictSame(
    policy.rules.map(({ everywhere }) => everywhere.id),
    [
      "CF-01",
      "CF-02",
      "CF-14",
      "OQ-01",
      "OQ-02",
      "OQ-05",
      "IM-01",
      "IM-04",
      "IM-05",
      "TR-01",
      "TR-02",
      "TR-03",
      "RX-01",
      "PH-01",
    ],
  );
  for (const { everywhere } of policy.rules) {
    t.equal(everywhere.mode, "enforce", everywhere.id);
    t.equal(
      everywhere.hard,
      everywhere.levels.some(({ level }) => level === "deny"),
      `${everywhere.id}: hard if it denies`,
    );
    for (const { message } of everywhere.levels) {
      t.ok(render(message, {}).zh.length <= 100, `${everywhere.id}: one sentence for the cashier`);
    }
  }
});

t.test("an ordinary sale is allowed, with all facts", async (t) => {
  t.match(judged(policy), { hits: [], unheard: [], level: "allow", missing: [], mode: "full" });
});

t.test("card farming", async (t) => {
  const people = (count: number) => hits({ memory: { logs: [others(count - 1, 50)] } });
  t.strictSame(
    [people(7), people(8), people(11), people(12)],
    [{}, { "CF-01": "warn" }, { "CF-01": "warn" }, { "CF-01": "hold" }],
  );
  const paced = (count: number, seconds: number) =>
    hits({ memory: { logs: [others(count, seconds)] } });
  t.strictSame([paced(3, 14), paced(4, 14), paced(4, 15)], [{}, { "CF-02": "hold" }, {}]);
  const shown = (issued: number) =>
    ordinary({
      credential: { type: "01", number: pseudonym("token"), issuedAt: AT - issued * SECOND },
    });
  t.strictSame(hits({ swipe: shown(121) }), { "CF-14": "warn" });
  t.strictSame(hits({ swipe: shown(120) }), {});
  t.strictSame(hits({ swipe: shown(121), memory: { token: [use({ at: AT - HOUR })] } }), {
    "CF-14": "deny",
  });
  t.strictSame(
    hits({ swipe: shown(1), memory: { token: [use({ at: AT - MINUTE, ...mine })] } }),
    {},
  );
});

t.test("over-quantity", async (t) => {
  // Fourteen tablets a pack at one a day: 7 days, ten per cent and a pack make 21.7.
  const days = (stated: number) =>
    hits({ swipe: ordinary({ lines: [packs(2, { daysSupply: stated })] }) })["OQ-01"];
  t.strictSame(
    [days(21), days(22), days(32), days(33), days(90), days(91)],
    [undefined, "warn", "warn", "hold", "hold", "deny"],
  );
  const assumed = hits({ swipe: ordinary({ lines: [packs(12)] }) });
  t.equal(
    assumed["OQ-01"],
    "hold",
    "168 days by the reference dose: never refused on an assumed dose",
  );
  const left = (of: number) =>
    hits({
      memory: { ledger: [bought(10, { lines: [ledgerLine({ days: 10 + of, quantity: 1 })] })] },
    })["OQ-02"];
  t.strictSame([left(7), left(7.1), left(30), left(30.1)], [undefined, "warn", "warn", "hold"]);
  const unknown = reference({ drugs: [] });
  const sold = (count: number) =>
    hits({ swipe: ordinary({ lines: [packs(count)] }), reference: unknown })["OQ-05"];
  t.strictSame(
    [sold(6), sold(7), sold(12), sold(13), sold(60), sold(61)],
    [undefined, "warn", "warn", "hold", "hold", "deny"],
  );
  const month = (before: number) =>
    hits({
      memory: {
        ledger: [
          bought(20, { lines: [ledgerLine({ quantity: before * 10_000, days: undefined })] }),
        ],
      },
      reference: unknown,
    })["OQ-05"];
  t.strictSame([month(11), month(12), month(23), month(24)], [undefined, "warn", "warn", "hold"]);
  const small = reference({
    drugs: [
      {
        code: "XC10AAA067A001",
        name: "x",
        prescription: true,
        packUnits: 7,
        dailyUnits: 1,
        traceExempt: false,
      },
    ],
  });
  const long = { prescription: { id: pseudonym("rx"), long: true } };
  t.strictSame(
    hits({ swipe: ordinary({ lines: [packs(12, long)] }), reference: small }),
    {},
    "84 days in twelve small packs",
  );
});

t.test("a long prescription of 84 days for a filed disease passes", async (t) => {
  const long = { daysSupply: 84, prescription: { id: pseudonym("rx"), long: true } };
  t.strictSame(hits({ swipe: ordinary({ disease: "I10", lines: [packs(6, long)] }) }), {});
});

t.test("impersonation", async (t) => {
  const attempt = (minutes: number, credential: 0 | 1 | 2 | 3) => ({
    swipe: swipeKey("", "earlier"),
    at: AT - minutes * MINUTE,
    pharmacy: ELSEWHERE,
    area: "210204",
    inquiry: false,
    credential,
    basket: "0000",
    codes: [],
  });
  t.strictSame(hits({ memory: { attempts: [attempt(59, 3)] } }), { "IM-01": "hold" });
  t.strictSame(hits({ memory: { attempts: [attempt(59, 1)] } }), { "IM-01": "stepUp" });
  t.strictSame(hits({ memory: { attempts: [attempt(60, 3)] } }), {});
  for (const list of ["deceased", "settlement-stopped"] as const) {
    t.strictSame(
      hits({ reference: reference({ lists: { [list]: [pseudonym("own")] } }) }),
      { "IM-04": "deny" },
      list,
    );
  }
  t.strictSame(
    hits({ reference: reference({ lists: { "lost-credential": [pseudonym("card-no")] } }) }),
    { "IM-04": "deny" },
  );
  t.strictSame(hits({ swipe: ordinary({ person: { status: "2" } }) }), { "IM-04": "deny" });
  t.strictSame(hits({ swipe: ordinary({ person: {} }) }), {}, "an unsaid status accuses nobody");
  const chip = ordinary({ credential: { card: pseudonym("chip") } });
  const partner = (name: string, daysAgo: number) => ({
    partner: personBytes(name).slice(0, 8),
    at: AT - daysAgo * DAY,
  });
  t.strictSame(hits({ swipe: chip, memory: { card: [partner("other", 30)] } }), {
    "IM-05": "deny",
  });
  t.strictSame(hits({ swipe: chip, memory: { personCards: [partner("old", 1)] } }), {
    "IM-05": "stepUp",
  });
  t.strictSame(
    hits({ swipe: chip, memory: { card: [partner("own", 1)], personCards: [partner("old", 7)] } }),
    {},
  );
});

t.test("trace codes", async (t) => {
  const known = (claims: readonly ReturnType<typeof claim>[]) =>
    hits({ memory: { traceCodes: [{ claims, splits: [] }] } });
  t.strictSame(known([claim()]), { "TR-01": "deny" });
  t.strictSame(known([claim({ state: "presumable" })]), { "TR-01": "hold" });
  t.strictSame(known([claim({ pharmacy: HERE })]), { "TR-02": "hold" });
  t.strictSame(known([claim({ pharmacy: HERE, state: "returned" })]), {});
  const twice = ordinary({
    disease: "I10",
    lines: [coded({ quantity: 20_000, traceCodes: codes("a", "a") })],
  });
  t.strictSame(hits({ swipe: twice }), { "TR-02": "hold", "TR-03": "hold" });
  t.strictSame(hits({ swipe: ordinary({ lines: [line()] }) }), { "TR-03": "hold" });
  t.strictSame(hits({ swipe: ordinary({ at: Date.UTC(2025, 11, 31), lines: [line()] }) }), {
    "TR-03": "warn",
  });
  t.strictSame(hits({ swipe: ordinary({ lines: [line()], codesExpected: false }) }), {});
});

t.test("prescriptions and pharmacies", async (t) => {
  const prescribed = ordinary({
    lines: [coded({ prescription: { id: pseudonym("rx"), long: false, quantity: 10_000 } })],
  });
  t.strictSame(hits({ swipe: prescribed, memory: { prescriptions: [[use()]] } }), {
    "RX-01": "deny",
  });
  t.strictSame(hits({ swipe: prescribed, memory: { prescriptions: [[use(mine)]] } }), {
    "RX-01": "hold",
  });
  t.strictSame(hits({ swipe: prescribed, memory: { prescriptions: [[]] } }), {});
  t.strictSame(hits({ reference: reference({ pharmacies: [] }) }), { "PH-01": "deny" });
  t.strictSame(hits({ reference: reference({ pharmacies: [], knowsPharmacies: false }) }), {});
});

t.test("every hold has a human way through, and no deny has", async (t) => {
  const approved = (code: string, approver = "manager") => ({
    override: { code, approver: pseudonym(approver) },
  });
  const holds: Readonly<Record<string, Given>> = {
    "CF-01": { memory: { logs: [others(11, 50)] } },
    "OQ-02": { memory: { ledger: [bought(1, { lines: [ledgerLine({ days: 40 })] })] } },
    "TR-01": { memory: { traceCodes: [{ claims: [claim({ state: "returned" })], splits: [] }] } },
    "TR-02": { memory: { traceCodes: [{ claims: [claim({ pharmacy: HERE })], splits: [] }] } },
    "TR-03": { swipe: ordinary({ lines: [line()] }) },
  };
  const levelUnder = (rule: string, changes: Parameters<typeof ordinary>[0]) => {
    const given = holds[rule] ?? {};
    const [hit] = judged(policy, {
      ...given,
      swipe: {
        ...(given.swipe ?? ordinary()),
        ...ordinary({ ...changes, lines: given.swipe?.lines ?? ordinary().lines }),
      },
    }).hits;
    return [hit?.level, hit?.clearedBy, hit?.raised];
  };
  for (const rule of Object.keys(holds)) {
    t.strictSame(levelUnder(rule, approved("EMERGENCY")), ["warn", "EMERGENCY", "hold"], rule);
    t.strictSame(
      levelUnder(rule, approved("EMERGENCY", "operator")),
      ["hold", undefined, undefined],
      `${rule}: nobody approves himself`,
    );
    t.strictSame(
      levelUnder(rule, approved("CHILD"))[0],
      rule === "OQ-02" ? "warn" : "hold",
      `${rule}: only what the rule lists`,
    );
  }
  t.strictSame(levelUnder("CF-01", { agent: { registered: true } }), ["warn", "agent", "hold"]);
  t.strictSame(levelUnder("TR-02", approved("SYSTEM_RETRY")), ["warn", "SYSTEM_RETRY", "hold"]);
  t.strictSame(levelUnder("TR-03", approved("NO_CODE_STOCK")), ["warn", "NO_CODE_STOCK", "hold"]);
  const suspended = reference({ lists: { "suspended-staff": [pseudonym("manager")] } });
  t.equal(
    judged(policy, {
      ...holds["OQ-02"],
      swipe: ordinary(approved("ELDERLY")),
      reference: suspended,
    }).level,
    "hold",
    "a suspended approver",
  );
  const stolen = judged(policy, {
    swipe: ordinary({
      ...approved("EMERGENCY"),
      person: { status: "2" },
      agent: { registered: true },
      verification: { method: "face", outcome: "pass" },
    }),
  });
  t.equal(stolen.level, "deny");
  const excess = ordinary({ lines: [packs(61)], ...approved("ELDERLY") });
  t.equal(
    hits({ swipe: excess })["OQ-05"],
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
  t.equal(level({ agent: { registered: true } }), "allow");
  t.equal(level({ agent: { registered: false } }), "hold");
});

t.test("registered care institutions are exempt from card farming", async (t) => {
  const nurse = ordinary({ agent: { id: pseudonym("nurse"), registered: false } });
  const memory = { logs: [others(19, 10)] };
  t.strictSame(hits({ swipe: nurse, memory }), { "CF-01": "hold", "CF-02": "hold" });
  t.strictSame(
    hits({
      swipe: nurse,
      memory,
      reference: reference({ lists: { "care-institution": [pseudonym("nurse")] } }),
    }),
    {},
  );
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
