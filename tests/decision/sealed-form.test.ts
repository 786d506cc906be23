import fc from "fast-check";
import t from "tap";
import { type Decided, decodeDecided, encodeDecided } from "../../src/decision/decided.ts";
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
    vector: { swipe, lines },
    lines: [{ line: id, drug: "X", perUnit: 0.1 }],
    supersedes: ["OfFDMuVj8Ww"],
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
