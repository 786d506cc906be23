import t from "tap";
import type { MeasuredRun } from "../../load/measure/measure.ts";
import type { Results } from "../../load/measure/results.ts";
import type { StepTable } from "../../load/profile/index.ts";
import type { LeftBehind } from "../../load/profile/left-behind.ts";
import { kindOf } from "../../load/profile/left-behind.ts";
import { DUTIES, DUTY_HEADS } from "../../load/report/duties.ts";
import { blocksIn, table, withBlock } from "../../load/report/markdown.ts";
import { readmeBlocks } from "../../load/report/readme-blocks.ts";
import { stepTable } from "../../load/report/step-blocks.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { BINDING_LETTERS } from "../../src/features/bindings.ts";

const NOTHING = {
  ...{ latest: undefined, steps: undefined, stepsBefore: undefined, leftBehind: undefined },
  ...{ curves: undefined, optimisations: undefined },
};

t.test("a block is replaced between its marks, and nothing else is touched", async (t) => {
  const text = "a\n<!-- bench:one -->\n\nold\n\n<!-- /bench:one -->\nb\n";
  t.equal(
    withBlock(text, "bench:one", "new\n"),
    "a\n<!-- bench:one -->\n\nnew\n\n<!-- /bench:one -->\nb\n",
  );
  t.same(blocksIn(text), ["bench:one"]);
  const again = withBlock(text, "bench:one", "new");
  t.equal(withBlock(again, "bench:one", "new"), again, "twice is as once");
});

t.test("marks that are missing, turned round or there twice are refused", async (t) => {
  for (const text of [
    "nothing",
    "<!-- bench:one -->",
    "<!-- /bench:one -->\n<!-- bench:one -->",
    "<!-- bench:one --> <!-- /bench:one --> <!-- bench:one --> <!-- /bench:one -->",
  ])
    t.throws(() => withBlock(text, "bench:one", "x"), text);
});

t.test("a cell cannot end its column", async (t) => {
  t.equal(table(["a"], [["x|y"]]), "| a |\n| --- |\n| x\\|y |");
});

t.test("without its file a block is absent", async (t) => {
  t.same([...readmeBlocks(NOTHING).keys()], []);
  const steps: StepTable = { swipes: 1, cpuUs: 30, stolen: 0, steps: { parse: 30 } };
  t.same([...readmeBlocks({ ...NOTHING, steps }).keys()], ["bench:steps", "bench:flame"]);
});

t.test("capacity is reckoned only from what was measured", async (t) => {
  const leftBehind = {} as LeftBehind;
  t.notOk(readmeBlocks({ ...NOTHING, leftBehind }).has("bench:capacity"));
});

t.test("it is told how often a curve's dots were measured, and in what order", async (t) => {
  const point = { x: 1, cpuUs: 100, redisCpuUs: 50, p50: 1, p99: 2 };
  const told = (spread: object) => {
    const points = [{ ...point, ...spread }];
    const curves = [{ name: "persons", title: "", x: "", points }];
    return readmeBlocks({ ...NOTHING, curves }).get("bench:curves") ?? "";
  };
  t.match(told({}), /: single runs of a few seconds/);
  t.match(told({ spread: 0.1 }), /way back in turn; of active persons, .* one after the other/);
});

t.test("each figure that capacity is reckoned from is told with its file", async (t) => {
  const leftBehind: LeftBehind = {
    ...{ measuredOn: "2026-11-22", swipes: 16_850, persons: 14_789, kinds: {} },
    ...{ codeBytes: 41.88, ledgerBytes: 153, ledgerSwipeBytes: 64, locatorBytes: 206 },
    ...{ answerBytes: 1_105, swipeByteDays: 6_251, personBytes: 129, articleBytes: 352 },
    gzipShare: 0.086,
  };
  const files = { ...NOTHING, latest: LATEST, leftBehind };
  const text = readmeBlocks(files).get("bench:capacity") ?? "";
  t.match(text, "| a trace code | 41.9 B |");
  t.match(text, "`left-behind.json` on 2026-11-22: what 16,850 swipes of 14,789 persons left");
  t.match(text, "401 and 130 µs | the row guard, 16 tills, of the table above |");
  t.notMatch(text, /NaN|undefined/);
  t.notMatch(text, "Cluster, where there is more");
  const points = [1, 3].map((x) => ({ x, cpuUs: 990, redisCpuUs: 310, p50: 1, p99: 2 }));
  const curves = [{ name: "shards", title: "", x: "", points }];
  const withCluster = readmeBlocks({ ...files, curves }).get("bench:capacity") ?? "";
  t.match(withCluster, "| 990 and 310 µs | 3 shards, the last point of the curve of shards");
});

t.test("steps stand beside what they were, with their sum", async (t) => {
  const of = (parse: number, judge: number): StepTable => ({
    ...{ swipes: 1, cpuUs: parse + judge, stolen: 0 },
    steps: { parse, judge },
  });
  const [when, , ...lines] = stepTable(of(50, 102), of(100, 100)).split("\n");
  t.match(when, "measured at different times");
  t.match(lines[2], /parse.*\| 100 \| 50 \| −50 % \|$/);
  t.match(lines[3], /judge.*\| 100 \| 102 \| {2}\|$/, "a difference of the sampling is none");
  t.equal(lines[4], "| **a swipe** | 200 | 152 | −24 % |");
  const at = { measuredAt: "2026-11-22T10:00:00.000Z" };
  t.match(
    stepTable({ ...of(5, 1), ...at }, { ...of(6, 1), ...at }),
    /^Both builds took turns in one run on 2026-11-22\.$/m,
  );
  t.match(stepTable(of(50, 100), undefined).split("\n").at(-1), "| **a swipe** | 150 |");
});

const RUN: MeasuredRun = {
  ...{ subject: "guard", load: "16 tills", seconds: 6, requests: 9, swipes: 8, failed: 0 },
  ...{ perSecond: 1_449.6, p50: 9.12, p99: 21.2, p999: 40, max: 123.4, cpuUs: 401.2 },
  ...{ redisCpuUs: 130, redisCommands: 4.25, redisUs: 99, bytesIn: 3_000, bytesOut: 5_000 },
  ...{ journalBytes: 7_800, loopDelayP99: undefined, fullShare: 0.99962, stolen: 0.012 },
  ...{ checks: 8, inTime: 1, subjectCores: 1, generatorCores: 0.5, lateP99: 0, failures: [] },
  otherCores: 0,
};
const LATEST: Results = {
  machine: {
    ...{ at: "2026-11-22T00:00:00.000Z", cores: 2, processor: "Xeon", memoryBytes: 8e9 },
    ...{ kernel: "6.1", node: "v20.20.2", redis: "7.0.15", policy: "0" },
  },
  workload: {
    ...{ sales: 1, lines: 1.601, codes: 2.201, nhsaShare: 0.492, settledShare: 0.742 },
    ...{ inquiryShare: 0.182, persons: 1, pharmacies: 1 },
  },
  seed: 1,
  toFloor: { throughputOfFloor: 1, p99OfFloor: 1 },
  targets: [
    {
      ...{ what: "throughput", value: 0.71, limit: 0.65, must: "atLeast" },
      unit: "ratio",
      bare: 1.4,
      met: true,
    },
    { ...{ what: "p99", value: 11, limit: 10, must: "atMost" }, unit: "ms", met: false },
    {
      ...{ what: "tail", value: undefined, why: "failed", limit: 25, must: "atMost" },
      unit: "ms",
      met: undefined,
    },
  ],
  rows: [RUN],
  runs: {},
};

t.test("the table of results: a row a subject and load, what is not known is a dash", async (t) => {
  const text = readmeBlocks({ ...NOTHING, latest: LATEST }).get("bench:table") ?? "";
  t.match(text, "2026-11-22: 2 cores (Xeon), Node.js 20.20.2, Redis 7.0.15");
  t.match(
    text,
    "| guard | 16 tills | 1,450 | 9.12 | 21.20 | 40.00 | 123 | 100 % | 99.96 % | – | 1.2 % |",
  );
  t.match(text, "| guard | 16 tills | 401 | 130 | 4.25 | 99 | 3,000 | 5,000 | 7,800 |");
});

t.test("a row whose runs failed says so, and what that means; stand-ins do not fail", async (t) => {
  const failed = { ...RUN, fullShare: 0.98 };
  const dead = { ...RUN, subject: "dead", fullShare: 0 };
  const latest = { ...LATEST, rows: [RUN, dead], runs: { fast: [RUN, failed], standIns: [dead] } };
  const text = readmeBlocks({ ...NOTHING, latest }).get("bench:table") ?? "";
  t.match(text, "| guard, **FAILED 1 of 2** | 16 tills | 1,450 |");
  t.match(text, "| dead, stand-ins by design | 16 tills |");
  t.match(text, "had less than 99.95 % full answers");
  const good = readmeBlocks({ ...NOTHING, latest: LATEST }).get("bench:table") ?? "";
  t.notMatch(good, "FAILED");
});

t.test("every line of what each does has a word for everybody", async (t) => {
  for (const line of DUTIES) t.equal(line.length, DUTY_HEADS.length + 1, String(line[0]));
});

t.test("a figure that was missed or not judged is said to be so", async (t) => {
  const text = readmeBlocks({ ...NOTHING, latest: LATEST }).get("bench:targets") ?? "";
  t.match(text, "| throughput | at least 0.65 | 0.71 | 1.4 | reached |");
  t.match(text, "| p99 | at most 10 | 11 | – | **missed** |");
  t.match(text, "| tail | at most 25 | – | – | not judged: its runs failed |");
});

t.test("every key the guard writes is counted where it belongs", async (t) => {
  const names = createKeyNames("g1");
  const id = "0123456789";
  for (const [kind, key] of [
    ["ledger", names.ledger(id)],
    ["attempts", names.attempts(id)],
    ["answer", names.answer(id, id)],
    ["returns", names.returns(id, id)],
    ["locator", names.locator(id)],
    ["trace codes", names.traceBucket(id)],
    ["split pack", names.splitPack(id)],
    ["token", names.token(id)],
    ["prescription", names.prescription(id)],
    ["flags", names.flags(id)],
    ["card or ID number", names.binding(BINDING_LETTERS.card, "c")],
    ["card or ID number", names.binding(BINDING_LETTERS.personCard, "c")],
    ["card or ID number", names.binding(BINDING_LETTERS.idNumber, "c")],
    ["article", names.binding(BINDING_LETTERS.article, "P1:sku")],
    ["price", names.binding(BINDING_LETTERS.price, "P1:X")],
    ["binding", names.binding(BINDING_LETTERS.device, "d")],
    ["log", names.log("t", "P1:T1")],
    ["tally", names.tally("H", "P1")],
  ] as const)
    t.equal(kindOf(key), kind, key);
  t.equal(kindOf("g1:something"), "other");
});
