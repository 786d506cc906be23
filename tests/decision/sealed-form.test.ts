import fc from "fast-check";
import t from "tap";
import {
  type Decided,
  decidedSaleIn,
  decodeDecided,
  encodeDecided,
} from "../../src/decision/decided.ts";
import { KeptRows, readReadings } from "../../src/decision/kept-readings.ts";
import { SealedTexts } from "../../src/decision/sealed-text.ts";
import { told } from "../../src/decision/told.ts";
import type { Reading } from "../../src/features/vector.ts";
import type { Hit } from "../../src/rules/hit.ts";

const text = fc.oneof(
  fc.string(),
  fc.constantFrom("", ",", "'", "t", "?", "1", "\\,", "\ud800", "汉,字"),
);
const reading: fc.Arbitrary<Reading> = fc.oneof(
  fc.constantFrom<Reading>("absent", "missing", { known: true }, { known: false }),
  fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((known) => ({
    known: known === 0 ? 0 : known,
  })),
  text.map((known) => ({ known })),
);
const row = fc.array(reading, { maxLength: 6 });
const hash = fc.oneof(
  fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((of) => `sha256:${Buffer.from(of).toString("hex")}`),
  fc.constantFrom("sha256:short", "none", ""),
);

const hit: Hit = {
  ...{ rule: "OQ-01", level: "hold", category: "over-quantity", lines: ["0001"] },
  ...{ name: { zh: "超量", en: "too much" }, message: { zh: "请核对。", en: "Check." } },
  ...{ evidence: { daysSupply: 112 }, hard: false, shadow: false, disclose: "sentence" },
};

const decided: fc.Arbitrary<Decided> = fc
  .record({
    swipe: row,
    lines: fc.array(row, { maxLength: 3 }),
    hash,
    reference: hash,
    id: text,
    hits: fc.array(
      text.map((zh): Hit => ({ ...hit, message: { zh, en: "" } })),
      { maxLength: 3 },
    ),
  })
  .map(({ swipe, lines, hash, reference, id, hits }) => ({
    swipeId: id,
    decision: "hold",
    wouldBe: "deny",
    enforcement: "hard",
    mode: "partial",
    missing: [id],
    answered: [told(hits[1] ?? hit), told(hits[0] ?? hit), { ...told(hit), rule: "SYS-99" }],
    hits,
    policy: { version: id, hash, reference },
    keyVersion: "1",
    at: 1_795_227_330_000,
    ...(lines.length > 1 ? { occurredAt: 1_795_227_329_500 } : {}),
    decidedAt: 1_795_227_330_007,
    elapsedMs: 1.234,
    timings: { observe: 0.8, judge: 0.05 },
    personSeq: 4,
    lines: [{ line: id, drug: "X", perUnit: 0.1 }],
    supersedes: ["OfFDMuVj8Ww"],
    ...(lines.length > 2 ? { unasked: true as const } : {}),
    vector: { swipe, lines },
  }));

t.test("a sealed decision comes back as it was, whatever its facts", async (t) => {
  fc.assert(
    fc.property(decided, (of) => {
      const again = decodeDecided(encodeDecided(of));
      if (JSON.stringify(again) !== JSON.stringify(of)) throw new Error(JSON.stringify(again));
    }),
    { numRuns: 1_000 },
  );
  t.pass("1,000 decisions");
});

t.test("what is sealed is JSON to the letter, whatever its texts and numbers", async (t) => {
  const times = fc.record({
    elapsedMs: fc.double(),
    personSeq: fc.integer(),
    perUnit: fc.double(),
  });
  fc.assert(
    fc.property(decided, times, (of, { perUnit, ...numbers }) => {
      const lines = of.lines.map((line) => ({ ...line, perUnit }));
      const sealed = Buffer.from(encodeDecided({ ...of, ...numbers, lines }), "latin1").toString();
      const again = JSON.stringify(JSON.parse(sealed));
      if (again !== sealed) throw new Error(`${sealed} is ${again} in JSON`);
    }),
    { numRuns: 1_000 },
  );
  t.pass("1,000 decisions");
});

t.test(
  "a till was told of hits that stand beside: their places are sealed, not their texts",
  async (t) => {
    const full: Hit = { ...hit, rule: "OQ-02", disclose: "full", clearedBy: "agent" };
    const system: Hit = { ...full, rule: "SYS-01" };
    const [any] = fc.sample(decided, 1);
    const placesOf = (hits: readonly Hit[], answered: readonly Hit[]) => {
      const bytes = encodeDecided({ ...(any as Decided), hits, answered: answered.map(told) });
      return JSON.parse(Buffer.from(bytes, "latin1").toString())[2][0];
    };
    t.same(placesOf([hit, full], [full, hit]), [1, 0], "sentence and full");
    t.same(placesOf([hit], [structuredClone(hit)]), [0], "the same texts, however they were made");
    t.same(
      placesOf([hit], [hit, system]),
      [0, told(system)],
      "what no rule said stands there itself",
    );
    t.same(placesOf([full], [{ ...full, level: "warn" }]), [told({ ...full, level: "warn" })]);
  },
);

t.test("two policies in turn: each answer names its own", async (t) => {
  const texts = new SealedTexts();
  const [any] = fc.sample(decided, 1);
  const by = (version: string, keyVersion: string): Decided => {
    const policy = { version, hash: "none", reference: "none" };
    return { ...(any as Decided), policy, keyVersion };
  };
  for (const of of [by("a", "1"), by("b", "1"), by("b", "2"), by("a", "1")]) {
    const { policy, keyVersion } = decodeDecided(texts.of(of));
    t.same({ policy, keyVersion }, { policy: of.policy, keyVersion: of.keyVersion });
  }
});

t.test("later steps of the sale read of it what it was, all but the readings", async (t) => {
  fc.assert(
    fc.property(decided, (of) => {
      const { vector: _, ...sale } = of;
      const again = decidedSaleIn(encodeDecided(of));
      if (JSON.stringify(again) !== JSON.stringify(sale)) throw new Error(JSON.stringify(again));
    }),
    { numRuns: 1_000 },
  );
  t.pass("1,000 decisions");
});

t.test("what was altered is read for later steps as it is read whole, or not at all", async (t) => {
  const where = fc.tuple(
    fc.nat(),
    fc.constantFrom("", ",", "]", "[", '"', "0", "z", "\u00ff", "{"),
  );
  let read = 0;
  fc.assert(
    fc.property(decided, where, (of, [at, put]) => {
      const bytes = encodeDecided(of);
      const place = at % bytes.length;
      const altered = bytes.slice(0, place) + put + bytes.slice(place + 1);
      const whole = wholeIn(altered);
      if (whole === undefined) return;
      read += 1;
      const { vector: _, ...sale } = whole;
      const again = JSON.stringify(decidedSaleIn(altered));
      if (again !== JSON.stringify(sale)) throw new Error(again);
    }),
    { numRuns: 2_000 },
  );
  t.ok(read > 100, `${read} could still be read`);
});

function wholeIn(bytes: string): Decided | undefined {
  try {
    return decodeDecided(bytes);
  } catch {
    return undefined;
  }
}

t.test("there is no sale to read where no answer is kept, or none that can be read", async (t) => {
  t.equal(decidedSaleIn(undefined), undefined);
  for (const bytes of ["", "{", "[]", "null", "[[],[],[],[],[],[],[]]"])
    t.equal(decidedSaleIn(bytes), undefined, bytes);
});

t.test("a row of readings has the form that lies in the memory of those who run", async (t) => {
  const known = (value: number | boolean | string): Reading => ({ known: value });
  const rows: readonly [string, readonly Reading[]][] = [
    ["", []],
    ["A", ["absent"]],
    ["1C", ["absent", "missing", known(true)]],
    ["znE", [known(1), known(1), known(false), known(1), known(0)]],
    ["D+30.68,t-4,", [known(false), known(30.68), known(0), known(1), known(-4)]],
    ["'absent,'a b,',", [known("absent"), known("a b"), known("")]],
    [String.raw`'\u002c\"\\,'\ud800,'汉字,`, [known(',"\\'), known("\ud800"), known("汉字")]],
    ["+1e+21,+5e-324,", [known(1e21), known(5e-324)]],
    ["+2,+10,+999999999,+1000000000,", [2, 10, 999_999_999, 1_000_000_000].map(known)],
    [`'${"a".repeat(700)},0'汉,`, [known("a".repeat(700)), "absent", "absent", known("汉")]],
    ["+12345,".repeat(300), new Array<Reading>(300).fill(known(12_345))],
    ["0".repeat(2_000), new Array<Reading>(4_000).fill("absent")],
  ];
  const texts = new KeptRows();
  for (const [kept, row] of rows) {
    t.equal(texts.keep(row), kept);
    t.same(readReadings(kept), row);
  }
});

t.test("a row that was cut within a reading is no row", async (t) => {
  for (const cut of ["+1", "01'abc", "'"]) t.throws(() => readReadings(cut), RangeError);
});

t.test(
  "given a time altered so that it is no number, then the sealed answer is not read",
  async (t) => {
    const { occurredAt: _, ...some } = fc.sample(decided, { numRuns: 1, seed: 7 })[0] as Decided;
    const bytes = encodeDecided({ ...some, timings: { observe: 1.5, judge: 2 } });
    const altered = bytes.replace("1.5,2]", "1.5e2]");
    t.not(altered, bytes);
    t.equal(wholeIn(altered), undefined);
  },
);

/** Every place in a value of lists and objects. */
function placesIn(value: unknown, before: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const place = [...before, name];
    return [place, ...placesIn(part, place)];
  });
}

function withOther(value: unknown, [name, ...rest]: readonly string[], other: unknown): unknown {
  if (name === undefined) return other;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  return Object.assign(copy, { [name]: withOther(Reflect.get(copy, name), rest, other) });
}

t.test(
  "given any part of a sealed answer replaced by another, when it is read all the same, then it can be sealed again as it was read",
  async (t) => {
    const arbitrary = fc.sample(decided, { numRuns: 1, seed: 7 })[0] as Decided;
    const vector = { swipe: [{ known: 30 }], lines: [["absent" as const]] };
    const times = { occurredAt: arbitrary.at - 500, unasked: true as const };
    const of: Decided = { ...arbitrary, ...times, hits: [hit], answered: [told(hit)], vector };
    const sealed = JSON.parse(Buffer.from(encodeDecided(of), "latin1").toString());
    const others = [null, "x", "", 7, 1.5, -1, 1e300, [], [1], [null], ["x"], {}, true];
    let read = 0;
    for (const place of placesIn(sealed)) {
      for (const other of others) {
        const altered = JSON.stringify(withOther(sealed, place, other));
        const again = wholeIn(Buffer.from(altered).toString("latin1"));
        if (again === undefined) continue;
        read += 1;
        const twice = decodeDecided(encodeDecided(again));
        const where = `${place.join(".")} is ${JSON.stringify(other)}`;
        if (JSON.stringify(twice) !== JSON.stringify(again)) t.same(twice, again, where);
      }
    }
    t.ok(read > 50, `${read} could still be read`);
  },
);
