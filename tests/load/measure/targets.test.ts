import t from "tap";
import { fallenBehind } from "../../../load/measure/baseline.ts";
import { countingShare, hasFailed } from "../../../load/measure/full-share.ts";
import type { MeasuredRun } from "../../../load/measure/measure.ts";
import type { Turns } from "../../../load/measure/pairs.ts";
import { equalRate } from "../../../load/measure/phases.ts";
import { rowsOf, tableText, targetsText } from "../../../load/measure/table.ts";
import { isMet, targetsOf } from "../../../load/measure/targets.ts";
import { runOf } from "./run.ts";

const NAMES = {
  guard: "guard",
  fewRules: "few",
  peersRules: "same",
  memoryFloor: "memory",
  bareFloor: "bare",
  peers: ["peer"],
};
const NONE: Turns<MeasuredRun> = { runs: [], pairs: new Map(), repeated: 0 };

function against(
  guard: Partial<MeasuredRun>,
  others: Readonly<Record<string, Partial<MeasuredRun>>>,
): Turns<MeasuredRun> {
  const anchor = runOf(guard);
  const pairs = Object.entries(others).map(
    ([name, other]) => [name, [{ anchor, other: runOf({ ...other, subject: name }) }]] as const,
  );
  return { runs: [anchor], pairs: new Map(pairs), repeated: 0 };
}

t.test("every figure to reach is the guard's to the other's, at its limit", async (t) => {
  const fast = against(
    { perSecond: 650, cpuUs: 300 },
    {
      memory: { perSecond: 1_000, cpuUs: 200 },
      bare: { cpuUs: 100 },
      few: { cpuUs: 300 / 1.15 },
      same: { cpuUs: 300 / 1.15, perSecond: 650 },
      peer: { perSecond: 130 },
    },
  );
  const tail = against({ p99: 6, p999: 24, stolen: 0.01 }, { memory: { p99: 4 } });
  const equal = against({ p99: 3 }, { peer: { p99: 30 }, same: { p99: 3 } });
  const targets = targetsOf({ fast, tail, equal }, NAMES);
  t.equal(targets.length, 12);
  t.ok(
    targets.every((target) => isMet(target) === true),
    JSON.stringify(targets),
  );
  const worse = targetsOf(
    {
      fast: against(
        { perSecond: 649, cpuUs: 301 },
        {
          memory: { perSecond: 1_000, cpuUs: 200 },
          bare: { cpuUs: 100 },
          few: { cpuUs: 261 },
          same: { cpuUs: 261, perSecond: 649 },
          peer: { perSecond: 130 },
        },
      ),
      tail: against({ p99: 10.1, p999: 25.1 }, { memory: { p99: 4 } }),
      equal: against({ p99: 3.1 }, { peer: { p99: 30 }, same: { p99: 3.1 } }),
    },
    NAMES,
  );
  t.ok(
    worse.every((target) => isMet(target) === false),
    JSON.stringify(worse),
  );
});

t.test("beside it stands what a server without logic reaches in the guard's place", async (t) => {
  const fast = against(
    { perSecond: 500, cpuUs: 600 },
    {
      bare: { perSecond: 4_000, cpuUs: 100 },
      memory: { perSecond: 2_000, cpuUs: 200 },
      peer: { perSecond: 1_000 },
    },
  );
  const equal = against({ p99: 9 }, { bare: { p99: 2 }, peer: { p99: 8 } });
  const targets = targetsOf({ fast, tail: NONE, equal }, NAMES);
  t.same(
    targets.filter(({ bare }) => bare !== undefined).map(({ what, bare }) => [what, bare]),
    [
      ["throughput / memory floor's", 2],
      ["CPU a swipe / memory floor's", 0.5],
      ["throughput, 100 rules / peer's with 20", 4],
      ["throughput, the same 20 rules / peer's", 4],
      ["p99, 100 rules / peer's with 20 at the same rate", 0.25],
      ["p99, the same 20 rules / peer's at the same rate", 0.25],
    ],
  );
});

t.test("a peer is held against the guard with all its rules, and rule for rule", async (t) => {
  const fast = against(
    { perSecond: 1_000 },
    { same: { perSecond: 1_600 }, peer: { perSecond: 400 } },
  );
  const equal = against({ p99: 8 }, { same: { p99: 4 }, peer: { p99: 40 } });
  const targets = targetsOf({ fast, tail: NONE, equal }, NAMES);
  const found = (what: string) => targets.find((target) => target.what === what)?.value;
  t.equal(found("throughput, 100 rules / peer's with 20"), 2.5);
  t.equal(found("throughput, the same 20 rules / peer's"), 4);
  t.equal(found("p99, 100 rules / peer's with 20 at the same rate"), 0.2);
  t.equal(found("p99, the same 20 rules / peer's at the same rate"), 0.1);
});

t.test("what was not run, or lost too much time, is not judged", async (t) => {
  const none = targetsOf({ fast: NONE, tail: NONE, equal: NONE }, NAMES);
  t.ok(none.every((target) => isMet(target) === undefined));
  const tail = against({ p99: 6, p999: 24, stolen: 0.02 }, { memory: { p99: 4 } });
  const judged = targetsOf({ fast: NONE, tail, equal: NONE }, NAMES).filter(
    (target) => isMet(target) !== undefined,
  );
  t.same(
    judged.map(({ what }) => what),
    ["p99 / memory floor's at the same rate"],
    "2 % stolen spoils the tail in ms, not its ratio",
  );
  t.match(targetsText(none), /not judged/);
});

t.test("a run that failed is not judged: what it shed was fast", async (t) => {
  const tail = against({ p99: 1, p999: 2, fullShare: 0.9 }, { memory: { p99: 4 } });
  const targets = targetsOf({ fast: NONE, tail, equal: NONE }, NAMES);
  t.ok(targets.every((target) => isMet(target) === undefined));
});

t.test("a run with less than 99.95 % full answers of all checks due has failed", async (t) => {
  t.notOk(hasFailed(runOf({ fullShare: 0.9995 })));
  t.ok(hasFailed(runOf({ fullShare: 0.9994 })));
  t.ok(hasFailed(runOf({ fullShare: undefined, swipes: 0 })), "nothing was answered at all");
  t.equal(countingShare({ fullShare: undefined, swipes: 999, checks: 1_000 }), 0.999);
  t.ok(hasFailed(runOf({ checks: 0, swipes: 0 })), "a run without checks shows nothing");
});

t.test(
  "a failed run marks its row and counts for nothing in it; stand-ins are exempt",
  async (t) => {
    const runs = [runOf(), runOf({ fullShare: 0.5 }), runOf({ perSecond: 3_000 })];
    const [row] = rowsOf(runs);
    t.equal(row?.failed, 1);
    t.equal(row?.run.perSecond, 2_000, "the median of the two that count");
    t.equal(rowsOf([runOf({ fullShare: 0.5, p99: 90 })])[0]?.run.p99, 90, "else what there is");
    t.match(tableText(rowsOf(runs)), /FAILED \(1 of 3 runs\)/);
    const [standIn] = rowsOf([runOf({ subject: "dead", fullShare: 0 })], ["dead"]);
    t.equal(standIn?.failed, 0);
  },
);

t.test("runs of another load have a row of their own", async (t) => {
  t.equal(rowsOf([runOf(), runOf({ load: "300/s open" }), runOf()]).length, 2);
});

t.test("the equal rate is half of what the slowest carries who takes part", async (t) => {
  const runs = [
    ...[100, 405, 900].map((perSecond) => runOf({ subject: "peer", perSecond })),
    ...[runOf({ subject: "elsewhere", perSecond: 50 }), runOf({ perSecond: 2_000 })],
  ];
  t.equal(equalRate(runs, ["guard", "peer"]), 200);
  t.equal(equalRate([runOf({ perSecond: 5_000 })], ["guard"]), 1_000);
  t.equal(equalRate([runOf({ perSecond: 0 })], ["guard"]), 10);
});

t.test(
  "the guard falls behind its baseline at 0.85 of the throughput and 1.2 of the p99",
  async (t) => {
    const baseline = { throughputOfFloor: 0.8, p99OfFloor: 1.5 };
    t.same(fallenBehind({ throughputOfFloor: 0.681, p99OfFloor: 1.79 }, baseline), []);
    t.match(fallenBehind({ throughputOfFloor: 0.679, p99OfFloor: 1.5 }, baseline), [
      /^Throughput fell: 0\.68 .* 0\.80 in the baseline/,
    ]);
    t.match(fallenBehind({ throughputOfFloor: 0.8, p99OfFloor: 1.81 }, baseline), [
      /^p99 rose: 1\.81/,
    ]);
    t.same(
      fallenBehind({ throughputOfFloor: undefined, p99OfFloor: undefined }, baseline),
      [],
      "what was not measured did not fall",
    );
  },
);
