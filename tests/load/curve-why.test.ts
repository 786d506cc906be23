import t from "tap";
import { whyOf } from "../../load/curves/why.ts";
import type { CurvePoint } from "../../load/report/curve.ts";

function point(x: number, cpuUs: number, more: Partial<CurvePoint> = {}): CurvePoint {
  return { x, cpuUs, ...{ redisCpuUs: 150, p50: 2, p99: 9 }, ...more };
}

/** Dear up to 100 and cheaper afterwards. */
const BENT = [10, 20, 50, 100, 200, 500];
const bent = (x: number) => (x <= 100 ? 300 + 6 * x : 900 + (x - 100));

t.test("a flat or a straight curve needs no reason", async (t) => {
  for (const name of ["rules", "windows", "lines", "codes", "swipes", "persons"]) {
    const straight = BENT.map((x) => point(x, 500 + x, { recordBytes: 100 * x, redisBytes: x }));
    t.equal(whyOf(name, straight), undefined, name);
  }
});

t.test("where it bends is told from the points", async (t) => {
  const why = whyOf(
    "rules",
    BENT.map((x) => point(x, bent(x))),
  );
  t.match(why, "Up to 100 a rule more costs 6 µs, from there on 1.");
});

t.test("a cause is named only where its trace was measured", async (t) => {
  const grown = BENT.map((x) =>
    point(x, bent(x), { recordBytes: 1_000 + 50 * x, redisBytes: x === 10 ? 2_000 : 3_000 }),
  );
  t.match(whyOf("rules", grown), "50 % more bytes to Redis and back between ten and twenty");
  t.match(whyOf("rules", grown), "the record grows from 2 KB to 26 KB");
  const same = BENT.map((x) => point(x, bent(x), { recordBytes: 1_000, redisBytes: 3_000 }));
  t.notMatch(whyOf("rules", same), /memory|record/);
  const held = BENT.map((x) => point(x, bent(x), { steps: 1 / x }));
  t.match(whyOf("codes", held), "a hold has no settlement: 0.1 steps follow a swipe at 10");
  const straight = BENT.map((x) => point(x, 500 + x, { steps: 1 / x }));
  t.match(whyOf("codes", straight), "a hold has no settlement", "a straight line hides it too");
  t.notMatch(
    whyOf(
      "codes",
      BENT.map((x) => point(x, bent(x), { steps: 0.7 })),
    ),
    "settlement",
  );
});

t.test("without a trace it is said that there is none", async (t) => {
  const bare = BENT.map((x) => point(x, bent(x)));
  t.equal(whyOf("persons", bare), "The figures beside it name no cause.");
  const noise = BENT.map((x, index) => point(x, index % 2 === 0 ? 500 : 800));
  t.match(whyOf("persons", noise), "up and down without order");
});

t.test("more of anything is not called cheaper, nor a slow machine a large memory", async (t) => {
  const humped = BENT.map((x) => point(x, x === 200 ? 1_400 : 700));
  t.notMatch(whyOf("rules", humped), "a rule more costs");
  t.match(whyOf("rules", humped), "From 200 to 500 it falls, though more rules are not cheaper");
  const slower = [1, 10, 100].map((x) => point(x, 500 + 3 * x, { redisCpuUs: 150 + x }));
  const bent = [...slower, point(200, 810, { redisCpuUs: 240 })];
  t.notMatch(whyOf("persons", bent), "Redis itself", "the guard is as much dearer");
});

t.test("what two runs of a point differ by bends no curve", async (t) => {
  const noisy = BENT.map((x, index) => point(x, index % 2 === 0 ? 500 : 650, { spread: 0.4 }));
  t.equal(whyOf("persons", noisy), undefined);
  t.match(
    whyOf(
      "persons",
      noisy.map(({ spread, ...rest }) => rest),
    ),
    "up and down",
  );
});

t.test("guards that share cores, and commands of a Cluster, are told in any case", async (t) => {
  const shards = [1, 2, 3].map((x) => point(x, 900, { redisCommands: 14 + x }));
  t.match(whyOf("shards", shards), "15 commands with one primary and 17 with 3");
  t.notMatch(whyOf("shards", shards), "further primary");
  const dearer = [1, 2, 3].map((x) => point(x, 900 * x, { redisCommands: 15 }));
  t.match(whyOf("shards", dearer), "Each further primary has writes and replies of its own.");
  const guards = [1, 2, 1_000].map((x) => point(x, 900, { perSecond: 1_000 + x }));
  t.match(whyOf("instances", guards), "1000 guards answer 2,000 swipes a second and one 1,001");
});

t.test("a curve that nobody knows, or of one point, has no reason", async (t) => {
  t.equal(whyOf("speed", [point(1, 1), point(2, 9)]), undefined);
  t.equal(whyOf("shards", [point(1, 1)]), undefined);
});
