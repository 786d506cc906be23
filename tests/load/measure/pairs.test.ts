import t from "tap";
import { inTurn, medianRatio, type Pair, unspoilt } from "../../../load/measure/pairs.ts";

interface Run {
  readonly name: string;
  readonly stolen: number;
  readonly figure: number;
}

/** Runs that lose what the list says, in the order in which they are run; nothing after its end. */
function runner(stolen: readonly number[]) {
  const order: string[] = [];
  const run = async (name: string): Promise<Run> => {
    order.push(name);
    return { name, stolen: stolen[order.length - 1] ?? 0, figure: order.length };
  };
  return { order, run };
}

const PLAN = { anchor: "A", others: ["B", "C"], rounds: 2, repeatsMax: 3 };

t.test("all run in turn, round after round", async (t) => {
  const { order, run } = runner([]);
  const turns = await inTurn(PLAN, run);
  t.equal(order.join(""), "ABCABC");
  t.equal(turns.repeated, 0);
  t.same(
    turns.pairs.get("C")?.map(({ anchor, other }) => [anchor.figure, other.figure]),
    [
      [1, 3],
      [4, 6],
    ],
  );
});

t.test("a pair that lost more than 5 % is run again, the others are not", async (t) => {
  const { order, run } = runner([0, 0.06, 0.05]);
  const turns = await inTurn({ ...PLAN, rounds: 1 }, run);
  t.equal(order.join(""), "ABCAB");
  t.equal(turns.repeated, 1);
  t.equal(turns.pairs.get("B")?.length, 2);
  t.equal(turns.pairs.get("C")?.length, 1);
});

t.test("where the anchor lost time, all its pairs are run again", async (t) => {
  const { order, run } = runner([0.2]);
  await inTurn({ ...PLAN, rounds: 1 }, run);
  t.equal(order.join(""), "ABCABC");
});

t.test("a machine that always loses time does not keep the bench for ever", async (t) => {
  const { order, run } = runner(Array.from({ length: 1_000 }, () => 0.5));
  const turns = await inTurn(PLAN, run);
  t.equal(turns.repeated, 3);
  t.equal(order.join(""), "ABCABCABABC", "two again, then one, then the second round as it is");
});

const pair = (ratio: number, stolen = 0): Pair<Run> => ({
  anchor: { name: "A", stolen, figure: ratio },
  other: { name: "B", stolen: 0, figure: 1 },
});
const figure = (run: Run) => run.figure;

t.test("pairs are compared by the median of their own ratios", async (t) => {
  t.equal(medianRatio([pair(3), pair(1), pair(2)], figure), 2);
  t.equal(medianRatio([pair(3), pair(1)], figure), 2);
  t.equal(medianRatio([], figure), undefined);
});

t.test("pairs that lost too much count only where there is no other", async (t) => {
  t.equal(medianRatio([pair(1), pair(9, 0.06), pair(9, 0.06)], figure), 1);
  t.equal(medianRatio([pair(9, 0.06)], figure), 9);
  const lost = { name: "A", stolen: 0.06, figure: 1 };
  const calm = { name: "A", stolen: 0.05, figure: 2 };
  t.same(unspoilt([lost, calm]), [calm]);
  t.same(unspoilt([lost]), [lost]);
});

t.test("a run without a figure to divide by makes no ratio", async (t) => {
  const other = { name: "B", stolen: 0, figure: 0 };
  t.equal(medianRatio([{ anchor: other, other }], figure), undefined);
});
