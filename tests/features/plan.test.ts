import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { kindNames, readDeclaration } from "../../src/features/catalogue.ts";
import { basketDigest, lineTag, pseudonymBytes, swipeKey } from "../../src/features/digests.ts";
import { parseDuration } from "../../src/features/duration.ts";
import { compilePlan } from "../../src/features/plan.ts";
import {
  AT,
  codes,
  DAY,
  definitionOf,
  drugKey,
  HERE,
  line,
  observe,
  personBytes,
  pseudonym,
  reference,
  swipe,
} from "./fixtures.ts";

const features = new Map(
  Object.entries({
    persons: { entity: "terminal", distinct: "person", window: "10m", exact: 32 },
    attempts: { entity: "terminal", count: "attempts", window: "1h", exact: 16 },
    atPharmacy: { entity: "pharmacy", distinct: "person", window: "2h", exact: 64 },
    token: { fact: "tokenReplayed", window: "24h" },
    persons7d: { fact: "cardPersons", window: "7d" },
    cards: { fact: "personCards", window: "7d" },
    cardsLonger: { fact: "personCards", window: "8d" },
    rx: { fact: "rxOverused" },
    found: { fact: "cohortSize", window: "30d" },
  }).map(([name, declaration]) => [name, definitionOf(declaration)]),
);

t.test("features of one entity share one log, wide and long enough for all", async (t) => {
  const plan = compilePlan(features, ["persons", "attempts", "atPharmacy"]);
  t.strictSame(plan.logs, [
    { entity: "pharmacy", window: 7_200_000, exact: 64 },
    { entity: "terminal", window: 3_600_000, exact: 32 },
  ]);
  t.strictSame(compilePlan(features, ["persons"]).logs, [
    { entity: "terminal", window: 600_000, exact: 32 },
  ]);
});

t.test("the store is told of nothing that no rule asks for", async (t) => {
  const prescription = { id: pseudonym("rx"), long: false };
  const shown = swipe({
    credential: { type: "01", number: pseudonym("token"), card: pseudonym("chip") },
    lines: [line({ prescription })],
  });
  const bare = observe(compilePlan(features, []), shown, reference());
  t.match(bare, { logs: [], prescriptions: [], bindings: [], tallies: [], flags: false });
  t.equal(bare.token, undefined);
  const used = ["token", "persons7d", "cards", "cardsLonger", "rx", "found"];
  const full = observe(compilePlan(features, used), shown, reference());
  t.equal(full.token, personBytes("token"));
  t.equal(full.flags, true);
  t.strictSame(full.bindings, [], "a chip beside a code is no card that was read");
  const card = { type: "03" as const, number: pseudonym("card"), card: pseudonym("chip") };
  const read = observe(compilePlan(features, used), swipe({ credential: card }), reference());
  t.strictSame(read.bindings, [
    {
      ...{ kind: "b", entity: pseudonym("chip"), kept: 400 * DAY },
      partner: personBytes("own").slice(0, 8),
    },
    {
      ...{ kind: "p", entity: pseudonym("own"), kept: 8 * DAY },
      partner: personBytes("chip").slice(0, 8),
    },
  ]);
  t.strictSame(full.prescriptions, [
    { prescription: personBytes("rx"), line: 1, drug: drugKey(line().drug), quantity: 10_000 },
  ]);
  const byCard = observe(compilePlan(features, ["token"]), swipe(), reference());
  t.equal(byCard.token, undefined, "a card is no token");
});

t.test("an observation says what was sold, to whom, where", async (t) => {
  const lines = [
    line({ quantity: 20_000, daysSupply: 28, traceCodes: codes("a", "b", "a") }),
    line({
      line: "0002",
      unit: "piece",
      quantity: 70_000,
      splitPack: true,
      traceCodes: codes("c"),
    }),
    line({ line: "A-3", drug: "XA01ABC001A001", unit: "piece", quantity: 70_000 }),
  ];
  const seen = observe(
    compilePlan(features, ["persons", "atPharmacy"]),
    swipe({ lines, stage: "inquiry" }),
    reference(),
  );
  t.match(seen, {
    at: AT,
    person: personBytes("own"),
    pharmacy: HERE,
    area: "210102",
    reserve: false,
    credential: 3,
    fund: 3_650,
  });
  t.strictSame(
    seen.lines.map(({ tag, quantity, days }) => [tag, quantity, days]),
    [
      [1, 20_000, 28],
      [2, 5_000, 7],
      [lineTag("A-3"), 7, undefined],
    ],
  );
  t.strictSame(
    seen.traceCodes.map(({ code, line: tag, split, units }) => [code, tag, split, units]),
    [
      [personBytes("a"), 1, false, 0],
      [personBytes("b"), 1, false, 0],
      [personBytes("c"), 2, true, 5_000],
    ],
    "each code of a line once, a split pack with what was taken of it",
  );
  t.strictSame(
    seen.logs.map(({ kind, entity }) => kind + entity),
    [`h${HERE}`, `t${HERE}:T03`],
  );
});

t.test("only fund money is at stake", async (t) => {
  const fund = (changes: Parameters<typeof swipe>[0]) =>
    observe(compilePlan(features, []), swipe(changes), reference()).fund;
  t.equal(fund({ funds: { pooled: 100, account: 20, familyAccount: 3, cash: 4_000 } }), 123);
  t.equal(fund({}), 3_650, "unsaid, all of it may be");
});

t.test(
  "a pseudonym's bytes are those of base64url, and of any other text what a Buffer makes of it",
  async (t) => {
    const pseudonyms = fc
      .uint8Array({ minLength: 10, maxLength: 10 })
      .map((bytes) => Buffer.from(bytes).toString("base64url"));
    // Letters of other alphabets, of none at all, and one too few or too many.
    const altered = fc
      .tuple(
        pseudonyms,
        fc.nat(14),
        fc.constantFrom("", "+", "/", "=", "*", "\u00e9", "\u4e2d", "Ax"),
      )
      .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));
    const same = fc.property(fc.oneof(pseudonyms, altered, fc.string()), (text) => {
      assert.equal(pseudonymBytes(text), Buffer.from(text, "base64url").toString("latin1"));
    });
    t.doesNotThrow(() => fc.assert(same, { numRuns: 1_000 }));
  },
);

t.test("digests are short, keyed by what they name, and stable", async (t) => {
  t.equal(pseudonymBytes(pseudonym("own")).length, 10);
  t.equal(swipeKey("", "P-1").length, 8);
  t.not(swipeKey("P1", "x"), swipeKey("P", "1x"), "scope and id do not run together");
  t.strictSame(["0001", "7", "65535"].map(lineTag), [1, 7, 65_535]);
  t.ok(lineTag("65536") < 65_536 && lineTag("L-1") < 65_536);
  const [a, b] = [line(), line({ quantity: 20_000 })];
  t.equal(basketDigest([a, b]), basketDigest([b, a]));
  t.not(basketDigest([a]), basketDigest([b]));
});

t.test("durations are a whole number of one unit", async (t) => {
  t.strictSame(
    ["15s", "10m", "24h", "30d"].map(parseDuration),
    [15_000, 600_000, 86_400_000, 2_592_000_000],
  );
  t.strictSame(
    ["10", "m", "0m", "1.5h", "1h30m", "-1d", 10].map(parseDuration),
    Array(7).fill(undefined),
  );
});

t.test("a faulty declaration says all that is wrong with it", async (t) => {
  const faults = (declaration: unknown) => {
    const read = readDeclaration(declaration);
    return "faults" in read ? read.faults.map(({ key }) => key) : [];
  };
  t.strictSame(
    faults({ entity: "shop", distinct: "person", window: "10 min", exact: 0, extra: 1 }),
    ["entity", "window", "exact", "extra"],
  );
  t.strictSame(faults({ fact: "nonsense" }), ["fact"]);
  t.strictSame(faults({ fact: "toString" }), ["fact"]);
  t.strictSame(faults("text"), [undefined]);
  t.strictSame(faults({ fact: "packs", distinct: "person" }), [undefined]);
  t.strictSame(faults({ fact: "dateReached", date: "2026-02-30" }), ["source", "date"]);
  t.strictSame(faults({ listed: { list: "deceased", of: "agent" } }), ["listed"]);
  t.strictSame(faults({ entity: "terminal", distinct: "prefecture", window: "1h", exact: 9 }), [
    "entity",
  ]);
  t.strictSame(faults({ entity: "terminal", distinct: "person", window: "30d", exact: 9 }), [
    "window",
  ]);
  t.strictSame(
    faults({ entity: "agent", distinct: "person", window: "1h", per: "day", exact: 9 }),
    ["window"],
    "a window or a day",
  );
  t.strictSame(
    faults({ entity: "issued", recent: 10, below: "60s", window: "24h", exact: 9 }),
    ["exact"],
    "nine cannot tell of the last ten",
  );
  t.strictSame(
    faults({ entity: "pharmacy", median: "settled", per: "day", history: 14, minDays: 28 }),
    ["minDays"],
  );
  t.strictSame(
    faults({ fact: "learnedDrugDiffers", sales: 50, share: 0.95, source: "x" }),
    [],
    "a fact's own share is no kind",
  );
  t.ok(kindNames().length > 40);
});

t.test("what is not available yet cannot be planned", async (t) => {
  const rough = new Map([
    ["rough", definitionOf({ entity: "pharmacy", count: "attempts", window: "1h" })],
  ]);
  t.throws(() => compilePlan(rough, ["rough"]), { code: "GUARD_FEATURES_PLAN" });
  t.throws(() => compilePlan(features, ["nobody"]), { code: "GUARD_FEATURES_PLAN" });
});
