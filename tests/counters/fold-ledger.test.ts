import fc from "fast-check";
import t from "tap";
import type { LedgerEntry, LedgerLine } from "../../src/counters/contract.ts";
import { foldedLedger, foldLedger } from "../../src/counters/fold-ledger.ts";
import { decodeLedger, encodeLedger, ledgerSeq } from "../../src/counters/ledger-layout.ts";
import {
  LEDGER_ENTRIES_MAX,
  LEDGER_FOLD_ABOVE,
  LEDGER_FOLDED_TO,
  LEDGER_KEPT,
} from "../../src/counters/limits.ts";
import { daysLeft } from "../../src/features/ledger-view.ts";
import { inWindow, isDispensed } from "../../src/features/live.ts";
import { DAY, HOUR, MINUTE, shanghaiDay } from "../../src/units.ts";
import { digest, PHARMACY, START } from "../conformance/swipes.ts";

const DRUGS = ["amlodipine", "atorvastatin", "ibuprofen"].map((name) => digest(name, 6));
/** Half a day past a Shanghai midnight, so that a day's purchases lie on both sides of noon. */
const NOW = START - (START % DAY) + 4 * HOUR;

function entry(of: Partial<LedgerEntry> & { readonly at: number }): LedgerEntry {
  return {
    swipe: digest(`swipe ${of.at} ${of.state}`, 8),
    state: "settled",
    pharmacy: PHARMACY,
    area: "210102",
    fund: 100,
    level: 0,
    presume: false,
    late: false,
    against: false,
    unchecked: false,
    partlyReturned: false,
    nature: { chronic: false, prescribed: false, outsider: false, proxied: false },
    settlement: "sett",
    lines: [bought(0)],
    ...of,
  };
}

function bought(drug: number, more: Partial<LedgerLine> = {}): LedgerLine {
  const own = DRUGS[drug] ?? "";
  return { drug: own, tag: 7, quantity: 10_000, days: 1, fen: 500, ...more };
}

function packs(ledger: readonly LedgerEntry[], drug: string, at: number, window: number): number {
  return ledger
    .filter((of) => inWindow(of.at, at, window) && isDispensed(of, at))
    .flatMap((of) => of.lines)
    .reduce((sum, line) => sum + (line.drug === drug ? line.quantity : 0), 0);
}

const line = fc
  .record({
    drug: fc.nat(2),
    quantity: fc.constantFrom(0, 1, 10_000, 4_000_000_000),
    days: fc.constantFrom(undefined, 0, 0.1, 0.5, 1, 7, 28.3, 6_000),
    fen: fc.constantFrom(0, 500, 16_000_000),
  })
  .map(({ drug, ...more }) => bought(drug, more));
/** Within three weeks most days hold many swipes; the rest lies anywhere in the 90 days. */
const age = fc.oneof(
  fc.integer({ min: 0, max: 21 * 24 * 12 }).map((fives) => fives * 5 * MINUTE),
  fc.integer({ min: 0, max: 92 * 24 }).map((hours) => hours * HOUR),
);
const drawn = fc
  .record({
    age,
    state: fc.constantFrom(
      ...(["settled", "settled", "settled", "reserved", "unsealed"] as const),
      ...(["attempted", "superseded", "returned"] as const),
    ),
    presume: fc.boolean(),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
  })
  .map(({ age, ...more }) => entry({ at: NOW - age, ...more }));
const LONG = fc.array(drawn, { minLength: LEDGER_FOLD_ABOVE + 1, maxLength: LEDGER_ENTRIES_MAX });

function assertSame(
  before: readonly LedgerEntry[],
  after: readonly LedgerEntry[],
  drug: string,
  at: number,
): void {
  const days = [daysLeft(before, drug, at), daysLeft(after, drug, at)] as const;
  if (Math.abs(days[0] - days[1]) > 0.05 + 1e-6)
    throw new Error(`days ${days[0]} became ${days[1]}`);
  // The edges of these windows fall on a Shanghai midnight: the days folded are whole.
  const midnight = at - ((at + 8 * HOUR) % DAY) - 1;
  for (const window of [7 * DAY, 30 * DAY, 60 * DAY]) {
    if (packs(before, drug, midnight, window) !== packs(after, drug, midnight, window))
      throw new Error(`packs within ${window / DAY} days changed`);
  }
}

t.test("folding a ledger changes no packs, and days on hand by at most 0.05", async (t) => {
  const instants = [NOW, NOW + HOUR, NOW + 3 * DAY];
  const cases = DRUGS.flatMap((drug) => instants.map((at) => [drug, at] as const));
  fc.assert(
    fc.property(LONG, (ledger) => {
      const after = decodeLedger(encodeLedger(1, foldLedger(ledger, NOW)));
      const alive = ledger.filter((of) => of.at + LEDGER_KEPT > NOW);
      for (const [drug, at] of cases) assertSame(alive, after, drug, at);
    }),
    { numRuns: 300 },
  );
  t.pass("300 ledgers");
});

t.test("given a drug that never ran out, then days on hand stay exact", async (t) => {
  const ledger = Array.from({ length: 240 }, (_, i) =>
    entry({
      at: NOW - 80 * DAY + i * 7 * HOUR,
      lines: (i === 0 ? [0, 1] : [i % 2]).map((drug) => bought(drug, { days: 30 })),
    }),
  );
  const after = foldLedger(ledger, NOW);
  t.equal(after.length, LEDGER_FOLDED_TO);
  for (const drug of DRUGS.slice(0, 2)) {
    const changed = daysLeft(after, drug, NOW) - daysLeft(ledger, drug, NOW);
    t.ok(Math.abs(changed) < 1e-9, "but for the last digits of a division");
  }
  const folded = after.filter((of) => of.state === "folded");
  t.ok(folded.length > 0);
  t.equal(new Set(folded.map((of) => shanghaiDay(of.at))).size, folded.length, "one a day");
  t.ok(
    folded.every((of) => new Set(of.lines.map((own) => own.drug)).size === of.lines.length),
    "lines of one drug are one",
  );
  t.same(foldLedger(after, NOW), after, "and there is nothing more to fold");
});

t.test("what is in force, young or dispensed is never dropped; the dead go first", async (t) => {
  const dead = Array.from({ length: 120 }, (_, i) =>
    entry({ at: NOW - 5 * DAY + i * MINUTE, state: i % 2 ? "attempted" : "superseded" }),
  );
  const old = Array.from({ length: 20 }, (_, i) => entry({ at: NOW - 80 * DAY + i * DAY }));
  const young = Array.from({ length: 100 }, (_, i) =>
    entry({ at: NOW - HOUR + i, state: "settled" }),
  );
  const after = foldLedger([...old, ...dead, ...young], NOW);
  t.equal(after.length, LEDGER_FOLDED_TO);
  t.same(after.slice(0, 20), old, "purchases of other days stay as they are");
  t.same(after.slice(-100), young);
});

t.test("a day of refused checks does not push out what was bought", async (t) => {
  const old = Array.from({ length: 10 }, (_, i) => entry({ at: NOW - (60 - i) * DAY }));
  const refused = Array.from({ length: 240 }, (_, i) =>
    entry({ at: NOW - 20 * HOUR + i * MINUTE, state: "attempted" }),
  );
  const inForce = entry({ at: NOW - MINUTE, state: "reserved" });
  const after = foldLedger([...old, ...refused, inForce], NOW);
  t.equal(after.length, LEDGER_FOLDED_TO);
  t.same(after.slice(0, 10), old);
  t.same(after.at(-1), inForce);
  t.same(after.at(-2), refused.at(-1), "the oldest refused ones went");
});

t.test(
  "a ledger that is not overlong is left alone, and a folded one keeps its sequence",
  async (t) => {
    const short = Array.from({ length: LEDGER_FOLD_ABOVE }, (_, i) =>
      entry({ at: NOW - DAY * 2 - i }),
    );
    t.equal(foldLedger(short, NOW), short);
    t.equal(foldedLedger(encodeLedger(9, short), NOW), undefined);
    const bytes = foldedLedger(encodeLedger(9, [...short, entry({ at: NOW - DAY * 3 })]), NOW);
    t.equal(bytes && ledgerSeq(bytes), 9);
    t.equal(
      bytes && decodeLedger(bytes).length,
      bytes?.readUInt16BE(4),
      "its head counts its entries",
    );
  },
);
