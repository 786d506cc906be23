import t from "tap";
import type { LedgerLine, Tally, TallyColumns } from "../../src/counters/contract.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { compilePlan } from "../../src/features/plan.ts";
import { tallyUsesOf } from "../../src/features/tallies.ts";
import { shanghaiDay, shanghaiMidnight } from "../../src/units.ts";
import {
  AMLODIPINE,
  AT,
  ATORVASTATIN,
  bought,
  DAY,
  definitionOf,
  drugKey,
  HERE,
  HONEYSUCKLE,
  HOUR,
  ledgerLine,
  line,
  MINUTE,
  observe,
  reference,
  swipe,
  value,
} from "./fixtures.ts";

const TODAY = shanghaiDay(AT);

function sales(count: number, outsiders = 0, reversals = 0): TallyColumns {
  return [count, outsiders, 0, reversals];
}

function packs(count: number): TallyColumns {
  return [count * 10_000, 1, 0, 0];
}

/** What was dispensed so many days ago; days without anything are not there. */
function tally(
  byDaysAgo: Readonly<Record<number, TallyColumns>>,
  ...open: readonly { readonly at: number; readonly columns: TallyColumns }[]
): Tally {
  const days = Object.entries(byDaysAgo).map(([ago, columns]) => ({
    day: TODAY - Number(ago),
    columns,
  }));
  return {
    days: days.sort((a, b) => a.day - b.day),
    open: open.map((sale, i) => ({ ...sale, swipe: swipeKey("", `open-${i}`) })),
  };
}

/** The same every day, from so many days ago to yesterday. */
function everyDay(columns: TallyColumns, days: number): Record<number, TallyColumns> {
  return Object.fromEntries(Array.from({ length: days }, (_, i) => [i + 1, columns]));
}

const today = { entity: "pharmacy", count: "settled", per: "day" };
const own = { entity: "pharmacy", median: "settled", per: "day", history: 28, minDays: 14 };
const shareToday = { entity: "pharmacy", share: "outsiders", per: "day" };
const shareBefore = { entity: "pharmacy", share: "outsiders", history: 28, minDays: 14 };
const reversals = { entity: "pharmacy", count: "reversals", per: "day" };
const packsToday = { entity: "pharmacyDrug", sum: "packs", per: "day" };
const packsMean = { entity: "pharmacyDrug", mean: "packs", history: 28, minDays: 14 };

function read(declaration: unknown, ...tallies: readonly Tally[]) {
  return value(declaration, { memory: { tallies } });
}

t.test("a pharmacy's day counts what is dispensed, this sale with it", async (t) => {
  t.equal(read(today), 1, "the first of the day");
  t.equal(read(today, tally({ 0: sales(79), 1: sales(30) })), 80, "yesterday's are yesterday's");
  t.equal(read({ ...today, history: 28 }, tally({ 0: sales(4) })), 5, "a history may be named");
  t.equal(read(reversals, tally({ 0: sales(79, 0, 3), 1: sales(9, 0, 9) })), 3);
  t.equal(value(today, { memory: null }), "missing");
});

t.test("a sale that no till confirms counts from the minute it is presumed", async (t) => {
  const open = (at: number) => read(today, tally({ 0: sales(10) }, { at, columns: sales(1) }));
  t.equal(open(AT - 15 * MINUTE), 12, "exactly fifteen minutes ago");
  t.equal(open(AT - 15 * MINUTE + 1), 11, "a millisecond less");
  t.equal(open(AT), 11);
  const midnight = shanghaiMidnight(TODAY);
  t.equal(open(midnight), 12);
  t.equal(open(midnight - 1), 11, "presumed, but yesterday's");
});

t.test("the own median has the days without sales in it", async (t) => {
  const median = (days: Record<number, TallyColumns>) => read(own, tally(days));
  t.equal(median(everyDay(sales(30), 28)), 30);
  t.equal(median({ ...everyDay(sales(30), 28), 0: sales(500) }), 30, "today is not history");
  t.equal(median({ 28: sales(30), 27: sales(30), 26: sales(30) }), 0, "25 of 28 days sold nothing");
  t.equal(
    median({ ...everyDay(sales(10), 12), 28: sales(40), 27: sales(40) }),
    5,
    "14 of 28 sold nothing",
  );
  t.equal(
    median({ ...everyDay(sales(20), 14), 29: sales(9), 40: sales(9) }),
    10,
    "older days lengthen the history to 28, not beyond",
  );
});

t.test("a young store has no median yet", async (t) => {
  t.equal(read(own), "absent", "its first sale");
  t.equal(read(own, tally(everyDay(sales(30), 13))), "absent", "thirteen days");
  t.equal(read(own, tally(everyDay(sales(30), 14))), 30, "fourteen days");
  t.equal(read(own, tally({ 14: sales(1) })), 0, "fourteen days since its first sale");
  const presumed = { at: AT - 14 * DAY, columns: sales(1) };
  t.equal(read(own, tally({}, presumed)), 0, "a presumed first sale is a first sale");
  const known = { entity: "pharmacy", count: "days", history: 28 };
  t.strictSame(
    [read(known), read(known, tally({ 13: sales(1) })), read(known, tally({ 40: sales(1) }))],
    [0, 13, 28],
    "and how long it is known can be asked",
  );
});

t.test("outsiders are a share of today's sales, and of those before", async (t) => {
  const outsider = swipe({ person: { insuredArea: "420100" } });
  const so = { tallies: [tally({ ...everyDay(sales(20, 1), 20), 0: sales(9, 4) })] };
  t.equal(value(shareToday, { memory: so }), 0.4);
  t.equal(value(shareToday, { swipe: outsider, memory: so }), 0.5, "this one is from afar too");
  t.equal(value(shareBefore, { swipe: outsider, memory: so }), 0.05, "today is not history");
  t.equal(read(shareBefore, tally(everyDay(sales(20, 1), 13))), "absent", "too young");
  t.equal(read(shareBefore, tally(everyDay(sales(0, 0), 20))), "absent", "nothing was sold");
  const near = reference({ near: [["420100", "210102"]] });
  t.equal(value(shareToday, { swipe: outsider, memory: so, reference: near }), 0.4, "neighbours");
});

const watched = reference({ watched: ["XC10AAA067", "T0005"] });

function drug(
  declaration: unknown,
  tallies: readonly Tally[],
  changes: Parameters<typeof line>[0][] = [{}],
) {
  const lines = changes.map((change, i) => line({ line: `${i + 1}`, ...change }));
  return value(declaration, { swipe: swipe({ lines }), reference: watched, memory: { tallies } });
}

t.test("packs of a watched drug are counted a day, all lines of a sale together", async (t) => {
  t.equal(drug(packsToday, [tally({ 0: packs(9), 1: packs(40) })]), 10);
  t.equal(
    drug(packsToday, [tally({ 0: packs(9) })], [{ quantity: 20_000 }, { quantity: 5_000 }]),
    11.5,
  );
  t.equal(drug(packsToday, [], [{ drug: AMLODIPINE }]), "absent", "not watched");
  t.equal(drug(packsToday, [], [{ drug: HONEYSUCKLE }]), "absent", "slices are grams");
  t.equal(value(packsToday, { memory: null, reference: watched }), "missing");
  t.equal(value(packsToday, { memory: null }), "absent", "not watched, store or not");
});

t.test("the mean of packs goes over the days the store knows, not the drug", async (t) => {
  const store = tally(everyDay(sales(30), 20));
  t.equal(
    drug(packsMean, [store, tally({ 20: packs(10), 3: packs(30) })]),
    2,
    "40 packs in 20 days",
  );
  t.equal(drug(packsMean, [store, tally({})]), 0, "never sold here before");
  t.equal(drug(packsMean, [tally(everyDay(sales(30), 13)), tally({ 13: packs(9) })]), "absent");
  const long = tally(everyDay(sales(30), 28));
  t.equal(
    drug(packsMean, [long, tally({ 0: packs(90), 28: packs(28) })]),
    1,
    "today is not history",
  );
  t.equal(value(packsMean, { memory: null, reference: watched }), "missing");
});

t.test("a check and its ledger entry name the same totals", async (t) => {
  const plan = compilePlan(
    new Map(Object.entries({ today, packsToday }).map(([name, of]) => [name, definitionOf(of)])),
    ["today", "packsToday"],
  );
  const lines = [
    line({ quantity: 20_000 }),
    line({ line: "2", drug: AMLODIPINE }),
    line({ line: "3", quantity: 10_000 }),
  ];
  const seen = observe(plan, swipe({ lines, person: { insuredArea: "420100" } }), watched);
  t.strictSame(seen.tallies, [
    { kind: "H", entity: HERE, columns: [1, 1, 3_650, 0] },
    {
      kind: "D",
      entity: `${HERE}:${Buffer.from(drugKey(ATORVASTATIN), "latin1").toString("base64url")}`,
      columns: [30_000, 1, 0, 0],
    },
  ]);
  const kept = (left: readonly LedgerLine[]) =>
    tallyUsesOf(plan, bought(0, { lines: left, nature: seen.nature, fund: 3_650 }), watched);
  t.strictSame(kept(seen.lines), seen.tallies, "settled as checked");
  t.strictSame(kept([ledgerLine()]).at(-1)?.columns, [10_000, 1, 0, 0], "what is left of it");
  t.equal(kept([ledgerLine({ quantity: 0 })]).length, 1, "nothing of the drug is left");
  const local = { code: "shop-7", terminal: "T1" };
  const elsewhere = observe(plan, swipe({ pharmacy: local }), watched).tallies[0]?.entity ?? "";
  t.match(elsewhere, /^#/, "a code the memory cannot spell is named as it gives it back");
  t.strictSame(
    tallyUsesOf(plan, bought(0, { pharmacy: elsewhere }), watched)[0]?.entity,
    elsewhere,
  );
  t.strictSame(
    tallyUsesOf({ tallies: [] }, bought(0), watched),
    [],
    "nothing that no rule asks for",
  );
});

t.test("an offline till's late sale sees the day it happened on", async (t) => {
  const late = swipe({ at: AT - 2 * DAY + HOUR });
  const memory = { tallies: [tally({ 0: sales(50), 1: sales(40), 2: sales(7), 3: sales(9) })] };
  t.equal(value(today, { swipe: late, memory }), 8);
});
