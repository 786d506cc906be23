import fc from "fast-check";
import t from "tap";
import type { LedgerLine } from "../../src/counters/contract.ts";
import { stateAt } from "../../src/decision/entry-state.ts";
import { move, type Step } from "../../src/decision/life-cycle.ts";
import {
  AT,
  after,
  entry,
  QUARTER,
  reversal,
  STATES,
  settlement,
  standing,
  twoLines,
} from "./sales.ts";

const ORIGINAL = twoLines();
const quantity = fc.integer({ min: 1, max: 22_000 });
const named = fc.uniqueArray(fc.record({ tag: fc.integer({ min: 1, max: 3 }), quantity }), {
  selector: ({ tag }) => tag,
  minLength: 1,
});
const id = fc.constantFrom("R1", "R2", "R3", "R4");
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ name: fc.constantFrom("S-01", "S-02"), lines: fc.option(named, { nil: undefined }) })
    .map(({ name, lines }) => settlement(name, lines)),
  fc.record({ id: fc.option(id, { nil: undefined }) }).map((of) => reversal(of.id)),
  fc.record({ id, lines: named }).map((of) => reversal(of.id, of.lines)),
  fc.constant<Step>({ kind: "release" }),
  id.map((of): Step => ({ kind: "restore", reversal: of })),
);
const anyStart = fc.constantFrom(...Object.values(STATES));

t.test(
  "whatever happens, in whatever order, never less than nothing and never more than the original is left",
  async (t) => {
    fc.assert(
      fc.property(
        anyStart,
        fc.array(fc.tuple(anyStep, fc.constantFrom(1, QUARTER)), { maxLength: 12 }),
        (start, steps) => {
          let sale = start;
          for (const [step, later] of steps) {
            sale = { ...sale, at: AT + later };
            sale = after(sale, move(sale, step));
            for (const [index, line] of sale.entry.lines.entries())
              inProportion(line, ORIGINAL[index]);
          }
        },
      ),
      { numRuns: 2_000 },
    );
    t.pass("2000 histories");
  },
);

/** Days are kept in tenths, money in fen; a part is cut from a quantity that was itself a part once at most. */
function inProportion(line: LedgerLine, first: LedgerLine | undefined): void {
  if (first === undefined) throw new Error("a line came from nowhere");
  const share = line.quantity / first.quantity;
  const near = (a: number, b: number) => Math.abs(a - b) <= 1;
  const isRight =
    share >= 0 &&
    share <= 1 &&
    near(line.fen, first.fen * share) &&
    near((line.days ?? 0) * 10, (first.days ?? 0) * 10 * share);
  if (!isRight) throw new Error(`not in proportion: ${JSON.stringify(line)}`);
}

t.test("a whole return gives everything back, whatever was there before", async (t) => {
  fc.assert(
    fc.property(anyStart, fc.array(anyStep, { maxLength: 8 }), (start, steps) => {
      let sale = start;
      for (const step of steps) sale = after(sale, move(sale, step));
      const moved = move(sale, reversal());
      if ("refused" in moved) return sale.entry.state === "superseded";
      if ("same" in moved)
        return moved.nothingToReverse === true || sale.entry.state === "returned";
      const free = moved.to.claims.every(({ to }) => to === "returned" || to === "released");
      return (
        stateAt(moved.to.after, sale.at) === "returned" &&
        moved.to.after.state === "returned" &&
        free &&
        moved.to.claims.length === sale.claims.length
      );
    }),
    { numRuns: 1_000 },
  );
  t.pass("1000 histories");
});

t.test("returned in many parts is returned as one", async (t) => {
  const parts = fc.array(fc.integer({ min: 1, max: 6_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(parts, (quantities) => {
      const sum = quantities.reduce((total, part) => total + part, 0);
      fc.pre(sum <= 20_000);
      const settled = standing(entry({ state: "settled", settlement: "S-01" }));
      const one = after(settled, move(settled, reversal("R", [{ tag: 1, quantity: sum }])));
      let many = settled;
      quantities.forEach((part, i) => {
        many = after(many, move(many, reversal(`R${i}`, [{ tag: 1, quantity: part }])));
      });
      t.same(many.entry, one.entry);
    }),
    { numRuns: 100 },
  );
});
