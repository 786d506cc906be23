import fc from "fast-check";
import t from "tap";
import type {
  LedgerEntry,
  TallyColumns,
  TallyMove,
  TallyUse,
} from "../../src/counters/contract.ts";
import { isReturn } from "../../src/decision/came-back.ts";
import { move, type Standing, type Step } from "../../src/decision/life-cycle.ts";
import { tallyMovesOf } from "../../src/decision/tally-moves.ts";
import { tallyUsesOf } from "../../src/features/tallies.ts";
import { AT, after, entry, QUARTER, reversal, STATES, settlement, standing } from "./sales.ts";

const WATCHED = { watched: true, prescription: true, dualChannel: false };
const PLAN = { tallies: ["pharmacy", "pharmacyDrug"] as const };

function usesOf(of: LedgerEntry): readonly TallyUse[] {
  return tallyUsesOf(PLAN, of, { drugOfKey: () => WATCHED });
}

function movesOf(before: LedgerEntry, next: LedgerEntry, step?: Step, at = AT) {
  const isOne = step?.kind === "reverse" && isReturn(before, step);
  return tallyMovesOf({ before, after: next, ...(isOne ? { returnedAt: at } : {}) }, usesOf);
}

/** Totals as the memory keeps them, of one sale alone. */
class Totals {
  readonly open = new Map<string, TallyColumns>();
  readonly day = new Map<string, TallyColumns>();
  reversals = 0;

  constructor(of: LedgerEntry) {
    const isOpen = of.state === "reserved" && of.presume;
    if (!isOpen && of.state !== "settled") return;
    for (const use of usesOf(of)) (isOpen ? this.open : this.day).set(name(use), use.columns);
  }

  /** What nobody confirmed in time is presumed. */
  presume(): void {
    for (const [key, columns] of this.open) this.add(key, columns, 1);
    this.open.clear();
  }

  take(moves: readonly TallyMove[]): void {
    for (const { columns, move: how, ...of } of moves) {
      const key = name(of);
      const noted = this.open.get(key);
      if (how === "add" && columns[3] > 0) this.reversals += columns[3];
      else if (how === "add") this.add(key, columns, 1);
      else if (noted === undefined && how === "subtract") this.add(key, columns, -1);
      else if (noted !== undefined) this.fromOpen(key, noted, how, columns);
    }
  }

  private fromOpen(
    key: string,
    noted: TallyColumns,
    how: TallyMove["move"],
    less: TallyColumns,
  ): void {
    if (how === "close") {
      this.open.delete(key);
      this.add(key, noted, 1);
      return;
    }
    const left = sum(noted, less, -1);
    if (left.every((value) => value === 0)) this.open.delete(key);
    else this.open.set(key, left);
  }

  private add(key: string, columns: TallyColumns, sign: 1 | -1): void {
    this.day.set(key, sum(this.day.get(key) ?? [0, 0, 0, 0], columns, sign));
  }
}

function name({ kind, entity }: Pick<TallyUse, "kind" | "entity">): string {
  return `${kind} ${entity}`;
}

/** Without the bound at zero: here nothing may ever be taken that was not there. */
function sum(a: TallyColumns, b: TallyColumns, sign: 1 | -1): TallyColumns {
  const of = (column: 0 | 1 | 2 | 3) => a[column] + sign * b[column];
  return [of(0), of(1), of(2), of(3)];
}

function expected(of: LedgerEntry): ReadonlyMap<string, TallyColumns> {
  const isCounted = of.state === "settled" || (of.state === "reserved" && of.presume);
  return new Map(isCounted ? usesOf(of).map((use) => [name(use), use.columns]) : []);
}

function standingColumns(totals: Totals): Map<string, TallyColumns> {
  return new Map([...totals.day].filter(([, columns]) => columns.some((value) => value !== 0)));
}

const quantity = fc.integer({ min: 1, max: 20_000 });
const named = fc.uniqueArray(fc.record({ tag: fc.integer({ min: 1, max: 2 }), quantity }), {
  selector: ({ tag }) => tag,
  minLength: 1,
});
const id = fc.constantFrom("R1", "R2", "R3");
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ of: fc.constantFrom("S-01", "S-02"), lines: fc.option(named, { nil: undefined }) })
    .map(({ of, lines }) => settlement(of, lines)),
  fc.option(id, { nil: undefined }).map((of) => reversal(of)),
  fc.record({ of: id, lines: named }).map(({ of, lines }) => reversal(of, lines)),
  fc.constant<Step>({ kind: "release" }),
  id.map((of): Step => ({ kind: "restore", reversal: of })),
);
const anyStart = fc.constantFrom(
  ...Object.values(STATES),
  standing(entry({ presume: true })),
  standing(entry({ presume: true, nature: { ...entry().nature, outsider: true } })),
);

/** Leads a sale and its totals through the steps; `late`: its fifteen minutes are over by then. */
function lead(start: Standing, steps: readonly (readonly [Step, late: boolean])[]) {
  const totals = new Totals(start.entry);
  let sale = start;
  for (const [step, late] of steps) {
    const isOver = late || sale.at >= AT + QUARTER;
    if (isOver) totals.presume();
    sale = { ...sale, at: isOver ? AT + QUARTER : AT + 1 };
    const moved = move(sale, step);
    if ("to" in moved) totals.take(movesOf(sale.entry, moved.to.after, step));
    sale = after(sale, moved);
  }
  totals.presume();
  return { seen: standingColumns(totals), wanted: expected(sale.entry) };
}

t.test("whatever happens to a sale, the totals count what is left of it, once", async (t) => {
  const steps = fc.array(fc.tuple(anyStep, fc.boolean()), { maxLength: 10 });
  const sorted = (of: ReadonlyMap<string, TallyColumns>) => JSON.stringify([...of].sort());
  fc.assert(
    fc.property(anyStart, steps, (start, all) => {
      const { seen, wanted } = lead(start, all);
      if (sorted(seen) !== sorted(wanted))
        throw new Error(`${sorted(seen)} in place of ${sorted(wanted)}`);
    }),
    { numRuns: 3_000 },
  );
  t.pass("3,000 histories");
});

t.test("a superseded step is taken out once, whoever comes first", async (t) => {
  const superseded = entry({ state: "superseded", presume: true });
  const letGo = { ...superseded, presume: false };
  const settled = entry({ state: "settled", settlement: "S-01" });
  const kinds = (moves: readonly TallyMove[]) => [...new Set(moves.map(({ move: how }) => how))];
  t.same(kinds(movesOf(superseded, letGo)), ["subtract"]);
  t.same(kinds(movesOf(letGo, letGo)), []);
  t.same(kinds(movesOf(letGo, settled)), ["add"]);
  t.same(kinds(movesOf(superseded, { ...settled, presume: true })), ["close"]);
  t.same(movesOf(entry({ state: "superseded" }), letGo), [], "a native step was never noted");
});

t.test("a policy that counts nothing moves nothing", async (t) => {
  const settled = entry({ state: "settled" });
  const none = tallyMovesOf({ before: entry(), after: settled, returnedAt: AT }, () => []);
  t.same(none, []);
});

t.test("a reversal is counted at the pharmacy, on its own day", async (t) => {
  const settled = entry({ state: "settled", settlement: "S-01" });
  const step = reversal("R1", [{ tag: 1, quantity: 10_000 }]);
  const moved = move(standing(settled), step);
  const left = "to" in moved ? moved.to.after : settled;
  const later = AT + 9 * QUARTER;
  const moves = movesOf(settled, left, step, later);
  t.same(
    moves
      .filter(({ move: how }) => how === "add")
      .map(({ kind, at, columns }) => [kind, at, columns]),
    [["H", later, [0, 0, 0, 1]]],
  );
  t.same(
    moves
      .filter(({ move: how }) => how === "subtract")
      .map(({ kind, at, columns }) => [kind, at, columns]),
    [
      ["H", AT, [0, 0, 3_650, 0]],
      ["D", AT, [10_000, 0, 0, 0]],
    ],
  );
});
