import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  type CallNode,
  type CpuProfile,
  callTree,
  type Frame,
  selfTimes,
} from "../../load/profile/cpu-profile.ts";
import { flameSvg } from "../../load/profile/flame-svg.ts";
import { flameTree, labelOf } from "../../load/profile/flame-tree.ts";
import { stepCosts, stepOf, stepTimes, totalUs } from "../../load/profile/step-times.ts";
import { SHARED_CODE, STEP_RULES, STEPS } from "../../load/profile/steps.ts";
import { packageRoot } from "../../src/config/package-root.ts";

const SOURCES = join(packageRoot(), "src");
/** Rooms that no live swipe goes through. */
const OFF_THE_PATH = ["config", "replay", "simulation"];

function frame(path: string, name = "work"): Frame {
  return { name, path, line: 1 };
}

function node(path: string, selfUs: number, children: readonly CallNode[] = []): CallNode {
  return { frame: frame(path), selfUs, children };
}

t.test("every room on a swipe's way has a rule of its own", async (t) => {
  const rooms = readdirSync(SOURCES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !OFF_THE_PATH.includes(entry.name))
    .map(({ name }) => name);
  t.ok(rooms.includes("checkout"));
  for (const room of rooms) {
    t.ok(
      STEP_RULES.some(({ path }) => path === `src/${room}/`),
      `src/${room}/`,
    );
  }
});

t.test("every file that the rules name is there, and stands before its room", async (t) => {
  const paths = [...STEP_RULES.map(({ path }) => path), ...SHARED_CODE];
  for (const path of paths.filter((path) => path.startsWith("src/"))) {
    const beginning = path.replace(/^src\//, "");
    const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
    t.ok(
      path === "src/" || files.some((file) => file.startsWith(beginning.replace(/\/$/, ""))),
      path,
    );
  }
  for (const [index, { path, name }] of STEP_RULES.entries()) {
    const before = STEP_RULES.slice(0, index).find(
      (rule) => path.startsWith(rule.path) && rule.name === undefined,
    );
    t.equal(before, undefined, `nothing before ${path} ${name ?? ""} takes it away`);
  }
});

t.test("every step has a rule or is told by the process", async (t) => {
  const ruled = new Set<string>(STEP_RULES.map(({ step }) => step));
  for (const { id } of STEPS) t.ok(ruled.has(id) || ["native", "threads"].includes(id), id);
});

t.test("a library's work counts for the nearest of ours that called it", async (t) => {
  const zod = frame("node_modules/zod/v4/core/schemas.js");
  t.equal(stepOf([frame("src/http/door.ts"), frame("src/swipe/faults.ts"), zod]), "parse");
  t.equal(
    stepOf([frame("src/privacy/pseudonymiser.ts"), frame("node:internal/crypto/hash")]),
    "pseudonyms",
  );
  t.equal(
    stepOf([frame("src/counters/redis/redis-connection.ts"), frame("node:net"), frame("")]),
    "redis",
  );
  t.equal(
    stepOf([frame("src/checkout/check.ts"), frame("node_modules/ioredis/built/Redis.js")]),
    "redis",
  );
});

t.test("shared code counts for its caller, and for its room where nobody is named", async (t) => {
  const shared = frame("src/swipe/canonical-json.ts");
  t.equal(stepOf([frame("src/audit/event-line.ts"), shared]), "record");
  t.equal(stepOf([frame("node:internal/process/task_queues"), shared]), "parse");
});

t.test("without anybody of ours it is the native work of its kind", async (t) => {
  t.equal(stepOf([frame("node:internal/fs/promises")]), "record");
  t.equal(stepOf([frame("node:_http_server")]), "http");
  t.equal(stepOf([frame("", "(program)")]), "native");
  t.equal(stepOf([frame("(garbage collector)", "(garbage collector)")]), "gc");
});

t.test("one file may serve two steps, by the function's name", async (t) => {
  t.equal(stepOf([frame("src/counters/entry-layouts.ts", "encodeUse")]), "encode");
  t.equal(stepOf([frame("src/counters/entry-layouts.ts", "decodeUses")]), "decode");
  t.equal(stepOf([frame("src/decision/decided.ts", "decodeDecided")]), "decode");
  t.equal(stepOf([frame("src/decision/decided.ts", "encodeDecided")]), "encode");
});

const TREE = node("", 5, [
  node("src/swipe/check-body.ts", 40, [node("node_modules/zod/index.js", 60)]),
  node("src/rules/judge.ts", 95),
  node("(garbage collector)", 100),
]);

t.test("the steps add up to the whole", async (t) => {
  const times = stepTimes(TREE);
  t.equal(totalUs(TREE), 300);
  t.equal(
    [...times.values()].reduce((sum, us) => sum + us, 0),
    300,
  );
  t.same(Object.fromEntries(times), { native: 5, parse: 100, judge: 95, gc: 100 });
});

t.test("costs share out a swipe's CPU, other threads' beside it", async (t) => {
  const costs = stepCosts(TREE, { mainUs: 600, allUs: 750, swipeUs: 75 });
  t.equal(costs.parse, 20);
  t.equal(costs.judge, 19);
  t.equal(costs.threads, 15);
  const sum = Object.values(costs).reduce((all, us) => all + us, 0);
  t.equal(Math.round(sum * 1e6), 75e6);
});

const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: call("(root)"), children: [2, 3] },
    { id: 2, callFrame: call("judge") },
    { id: 3, callFrame: call("(idle)") },
  ],
  startTime: 1_000,
  endTime: 1_100,
  samples: [2, 3, 2],
  timeDeltas: [10, 20, 30],
};

function call(functionName: string) {
  return { functionName, url: "", lineNumber: 0, columnNumber: 0 };
}

t.test("a sample stands until the next one, within the span asked for", async (t) => {
  t.same(Object.fromEntries(selfTimes(PROFILE, { from: 0, to: 9_999 })), { 2: 60, 3: 30 });
  t.same(Object.fromEntries(selfTimes(PROFILE, { from: 1_020, to: 1_070 })), { 2: 20, 3: 30 });
});

t.test("idle time is nobody's", async (t) => {
  const tree = callTree(PROFILE, { from: 0, to: 9_999 }, ({ functionName }) =>
    frame("src/rules/judge.ts", functionName),
  );
  t.equal(totalUs(tree), 60);
});

t.test("boxes: ours by function and line, a library's run of calls as one", async (t) => {
  t.equal(
    labelOf({ name: "judge", path: "src/rules/judge.ts", line: 12 }),
    "judge rules/judge.ts:12",
  );
  t.equal(labelOf(frame("node_modules/@fastify/swagger/index.js")), "@fastify/swagger");
  t.equal(labelOf(frame("node:net")), "node");
  const root = node("", 0, [
    node("node:net", 10, [node("node:events", 20, [node("src/rules/judge.ts", 70)])]),
  ]);
  const [library] = flameTree(root, 0).children;
  t.match(library, { label: "node", selfUs: 30, totalUs: 100 });
  t.match(library?.children, [{ label: "work rules/judge.ts:1", totalUs: 70, step: "judge" }]);
});

t.test(
  "what is too small to see is left out, and its time stays in the box around it",
  async (t) => {
    const root = node("", 0, [node("src/rules/judge.ts", 998), node("src/audit/journal.ts", 2)]);
    const flame = flameTree(root, 0.003);
    t.equal(flame.totalUs, 1_000);
    t.equal(flame.children.length, 1);
  },
);

t.test("the flame graph is one XML document of its own, with a tooltip a box", async (t) => {
  const text = flameSvg(flameTree(TREE, 0), { title: "a <swipe>", usPerSwipe: 300 });
  t.match(text, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="1000"/);
  t.notMatch(text, /<script|href=|url\(|@import/);
  t.match(text, /<title>node_?|<title>the guard: 100.0 %, 300.0 µs a swipe/);
  t.equal(text.split("<g>").length - 1, text.split("<title>").length - 1);
  t.notMatch(text, "a <swipe>");
});

t.test(
  "narrow boxes that only repeat the one above are one; what is between others stays",
  async (t) => {
    const chain = (selfUs: number, left: number): CallNode =>
      node(`src/counters/redis/${left}.ts`, selfUs, left === 0 ? [] : [chain(selfUs, left - 1)]);
    const boxes = (tree: CallNode) =>
      flameSvg(flameTree(tree, 0), { title: "", usPerSwipe: 1 }).split("<g>").length - 1;
    const judge = node("src/rules/judge.ts", 10_000);
    t.equal(
      boxes(node("", 0, [judge, chain(1, 9)])),
      2 + 4,
      "ten calls of 1 µs each: 10, 5, 2 and 1 are left",
    );
    t.equal(
      boxes(node("", 0, [node("src/rules/judge.ts", 1), chain(1_000, 3)])),
      2 + 4,
      "wide ones stay",
    );
  },
);

t.test("rules name no file twice for one function", async (t) => {
  const names = STEP_RULES.map(({ path, name }) => `${path} ${name ?? ""}`);
  t.equal(new Set(names).size, names.length);
  t.ok(existsSync(SOURCES));
});
