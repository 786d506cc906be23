import t from "tap";
import { fallenBehind, toFloorOf } from "../../../load/measure/baseline.ts";
import { countingShare, hasFailed } from "../../../load/measure/full-share.ts";
import type { MeasuredRun } from "../../../load/measure/measure.ts";
import type { Turns } from "../../../load/measure/pairs.ts";
import { equalRate } from "../../../load/measure/phases.ts";
import { rowsOf, tableText, targetsText } from "../../../load/measure/table.ts";
import { isMet, type Target, targetsOf } from "../../../load/measure/targets.ts";
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
    { perSecond: 650, cpuUs: 300, redisCpuUs: 150 },
    {
      memory: { perSecond: 1_000, cpuUs: 200, redisCpuUs: 100 },
      bare: { cpuUs: 100, redisCpuUs: 50 },
      few: { cpuUs: 300 / 1.15 },
      same: { cpuUs: 300 / 1.15, perSecond: 650 },
      peer: { perSecond: 130 },
    },
  );
  const tail = against({ p99: 6, p999: 24, stolen: 0.01 }, { memory: { p99: 4 } });
  const equal = against({ p99: 3 }, { peer: { p99: 30 }, same: { p99: 3 } });
  const targets = targetsOf({ fast, tail, equal }, NAMES);
  t.equal(targets.length, 14);
  t.ok(
    targets.every((target) => isMet(target) === true),
    JSON.stringify(targets),
  );
  const worse = targetsOf(
    {
      fast: against(
        { perSecond: 649, cpuUs: 301, redisCpuUs: 150 },
        {
          memory: { perSecond: 1_000, cpuUs: 200, redisCpuUs: 100 },
          bare: { cpuUs: 100, redisCpuUs: 50 },
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
      bare: { perSecond: 4_000, cpuUs: 100, redisCpuUs: 40 },
      memory: { perSecond: 2_000, cpuUs: 200, redisCpuUs: 80 },
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
      ["CPU a swipe, process and Redis / memory floor's with its Redis", 0.5],
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

const reasons = (targets: readonly Target[]) => [...new Set(targets.map(({ why }) => why))];

t.test(
  "what was not run, or lost too much time, is not judged, and which of them it was",
  async (t) => {
    const none = targetsOf({ fast: NONE, tail: NONE, equal: NONE }, NAMES);
    t.ok(none.every((target) => isMet(target) === undefined));
    t.same(reasons(none), ["leftOut"]);
    t.match(targetsText(none), /not judged: not run$/m);
    const tail = against({ p99: 6, p999: 24, stolen: 0.02 }, { memory: { p99: 4 } });
    const targets = targetsOf({ fast: NONE, tail, equal: NONE }, NAMES);
    t.same(
      targets.filter((target) => isMet(target) !== undefined).map(({ what }) => what),
      ["p99 / memory floor's at the same rate"],
      "2 % stolen spoils the tail in ms, not its ratio",
    );
    t.same(
      targets.filter(({ why }) => why === "stolen").map(({ what }) => what),
      ["p99 at 1,000/s, ms", "p99.9 at 1,000/s, ms"],
    );
    t.match(targetsText(targets), /not judged: neighbours took 2 % of the machine or more$/m);
  },
);

t.test("a run that failed is not judged: what it shed was fast", async (t) => {
  const shed = { p99: 1, p999: 2, fullShare: 0.9, stolen: 0.04 };
  const all = against(shed, { memory: {}, bare: {}, few: {}, same: {}, peer: {} });
  const targets = targetsOf({ fast: all, tail: all, equal: all }, NAMES);
  const ownRuns = targets.filter(({ what }) => !what.includes("the same 20 rules"));
  t.ok(
    ownRuns.every(({ value, why }) => value === undefined && why === "failed"),
    "and not for stolen time, of which there was some too",
  );
  t.match(targetsText(targets), /not judged: its runs failed$/m);
});

t.test(
  "two of which neither is the guard meet round by round, whatever its own runs were",
  async (t) => {
    const rounds = [
      { guard: { p99: 10 }, same: { p99: 70, fullShare: 0.9 }, peer: { p99: 8 } },
      { guard: { p99: 36, fullShare: 0.9 }, same: { p99: 6 }, peer: { p99: 8 } },
    ].map(({ guard, same, peer }) => ({
      anchor: runOf(guard),
      same: runOf({ ...same, subject: "same" }),
      peer: runOf({ ...peer, subject: "peer" }),
    }));
    const pairs = new Map(
      (["same", "peer"] as const).map((name) => [
        name as string,
        rounds.map(({ anchor, [name]: other }) => ({ anchor, other })),
      ]),
    );
    const equal = { runs: [], pairs, repeated: 0 };
    const target = targetsOf({ fast: NONE, tail: NONE, equal }, NAMES).find(({ what }) =>
      what.startsWith("p99, the same 20 rules / peer's"),
    );
    t.equal(target?.value, 0.75, "the second round's; in the first one of the two failed");
  },
);

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

t.test(
  "a baseline's ratios come from the pairs in which nothing failed, or are told why not",
  async (t) => {
    const pair = (guard: Partial<MeasuredRun>, floor: Partial<MeasuredRun>) => ({
      anchor: runOf(guard),
      other: runOf({ ...floor, subject: "memory" }),
    });
    const turns = (...pairs: readonly ReturnType<typeof pair>[]): Turns<MeasuredRun> => ({
      ...{ runs: [], pairs: new Map([["memory", pairs]]), repeated: 0 },
    });
    const fast = turns(pair({ perSecond: 400 }, { perSecond: 1_000 }));
    const shed = { p99: 50, fullShare: 0.99 };
    const some = turns(pair(shed, { p99: 4 }), pair({ p99: 6 }, { p99: 4 }));
    t.same(toFloorOf({ fast, tail: some, equal: NONE }, NAMES), {
      baseline: { throughputOfFloor: 0.4, p99OfFloor: 1.5 },
      unjudged: [],
    });
    const none = turns(pair(shed, { p99: 4 }), pair({ p99: 6 }, shed));
    const { baseline, unjudged } = toFloorOf({ fast, tail: none, equal: NONE }, NAMES);
    t.equal(baseline.p99OfFloor, undefined);
    t.same(unjudged, ["p99 / memory floor's: not judged: its runs failed"]);
  },
);
