import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../src/config/package-root.ts";
import { NOTICES } from "../src/telemetry/notices.ts";
import { emittedKinds, MAY_IMPORT, type Source, TIDY_RULES, untidy } from "./tidy-rules.ts";

const root = packageRoot();
const sources: readonly Source[] = ["src", "tests", "load"].flatMap((top) => {
  if (!existsSync(join(root, top))) return [];
  return readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => ({ path: `${top}/${path}`, text: readFileSync(join(root, top, path), "utf8") }));
});

t.test("every file keeps to the architecture and the house rules", async (t) => {
  t.ok(sources.length > 20, "the files were found");
  for (const source of sources) {
    const reasons = untidy([source]).map(({ reason }) => reason);
    t.same(reasons, [], source.path);
  }
});

t.test("the table of rooms has no circle", async (t) => {
  for (const [room, targets] of Object.entries(MAY_IMPORT)) {
    for (const target of targets) {
      t.ok(target in MAY_IMPORT, `${room} -> ${target} is a room`);
      t.notOk(MAY_IMPORT[target]?.includes(room), `${target} does not import ${room} back`);
    }
  }
});

t.test("every notice a room emits is in the table of notices", async (t) => {
  for (const { path, text } of sources.filter((source) => source.path.startsWith("src/"))) {
    for (const kind of emittedKinds(text)) t.ok(kind in NOTICES, `${path} emits ${kind}`);
  }
  t.same(emittedKinds('observer.notice({ kind: "a.b" }); this.observer.notice({\n kind: "c" });'), [
    "a.b",
    "c",
  ]);
});

/** Each rule is shown a file that breaks it and one that looks like it and does not. */
const ruleOf = (name: string) => TIDY_RULES[name] ?? (() => ["no such rule"]);
const long = (count: number) => `export function f() {\n${"  work();\n".repeat(count - 2)}}\n`;
const BREAKS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  knownRoom: [
    ["src/utils/x.ts", ""],
    ["src/helpers.ts", ""],
  ],
  allowedImports: [
    ["src/rules/x.ts", 'import { createApp } from "../http/app.ts";'],
    ["src/decision/x.ts", 'import type { Config } from "../config/config.ts";'],
    ["src/counters/redis/x.ts", 'export { f } from "../../features/f.ts";'],
    ["src/telemetry/x.ts", 'import {\n  a,\n  b,\n} from "../swipe/problem.ts";'],
    ["src/checkout/x.ts", 'await import("../config/read-config.ts");'],
    ["src/http/x.ts", 'import { wire } from "../wire.ts";'],
    ["src/wire.ts", 'import { run } from "./main.ts";'],
    ["src/units.ts", 'import { x } from "./swipe/x.ts";'],
    ["src/swipe/x.ts", 'import { y } from "../../tests/y.ts";'],
  ],
  packagesInTheirRooms: [
    ["src/decision/x.ts", 'import { Redis } from "ioredis";'],
    ["src/counters/embedded/x.ts", 'import type { Redis } from "ioredis";'],
    ["src/audit/x.ts", 'import { Kafka } from "kafkajs";'],
    ["src/wire.ts", 'import Fastify from "fastify";'],
  ],
  pureRooms: [
    ["src/rules/x.ts", "const at = Date.now();"],
    ["src/features/x.ts", "const at = new Date();"],
    ["src/decision/x.ts", "setTimeout(run, 5);"],
    ["src/swipe/x.ts", 'import { readFileSync } from "node:fs";'],
  ],
  environmentInConfig: [["src/checkout/x.ts", "const x = process.env.X;"]],
  noConsole: [["src/audit/x.ts", "console.log(1);"]],
  noModuleState: [
    ["src/audit/x.ts", "let count = 0;"],
    ["src/audit/x.ts", "export let count = 0;"],
  ],
  noDefaultExport: [["src/audit/x.ts", "export default function f() {}"]],
  nothingLeftOver: [["tests/x.test.ts", `// ${"TO"}${"DO"}: later`]],
  kebabCase: [
    ["src/audit/journalWriter.ts", ""],
    ["src/audit/Journal.ts", ""],
  ],
  shortFile: [["load/x.ts", "x;\n".repeat(401)]],
  shortFunctions: [
    ["src/audit/x.ts", long(71)],
    [
      "load/x.ts",
      `class A {\n${long(80)
        .replace("export function f", "  f")
        .replace(/\n}\n$/, "\n  }\n}\n")}`,
    ],
  ],
  noPersonInLabels: [
    ["src/audit/x.ts", 'notice({ kind: "x", labels: { person: id } });'],
    ["src/audit/x.ts", "const labels = { rule, agent };"],
    ["src/telemetry/x.ts", 'const m = { labelNames: ["rule", "prescription"] };'],
  ],
};
const KEEPS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  knownRoom: [
    ["src/wire.ts", ""],
    ["src/counters/redis/x.ts", ""],
    ["tests/any/x.ts", ""],
  ],
  allowedImports: [
    [
      "src/decision/x.ts",
      'import { stateAt } from "../counters/contract.ts";\nimport type { Clock } from "../units.ts";',
    ],
    ["src/cli.ts", 'import { wireCore } from "./wire.ts";'],
    ["src/replay/x.ts", 'import { wireCore } from "../wire.ts";'],
    ["src/rules/x.ts", '// import { createApp } from "../http/app.ts";'],
  ],
  packagesInTheirRooms: [
    ["src/main.ts", 'import type { FastifyInstance } from "fastify";'],
    ["src/counters/redis/x.ts", 'import { Redis } from "ioredis";'],
  ],
  pureRooms: [
    ["src/rules/x.ts", "// Date.now() would break replay\nconst day = new Date(at);"],
    ["src/checkout/x.ts", "setTimeout(run, 5);"],
  ],
  environmentInConfig: [["src/main.ts", "readConfig(process.env);"]],
  noConsole: [["src/cli.ts", "console.log(1);"]],
  noModuleState: [["src/audit/x.ts", "const x = 1;\nfunction f() {\n  let y = 0;\n}"]],
  noDefaultExport: [["src/audit/x.ts", "export function f() {}"]],
  nothingLeftOver: [["src/audit/x.ts", "// every note here is done"]],
  kebabCase: [
    ["src/audit/journal-writer.ts", ""],
    ["tests/counters/store.redis.test.ts", ""],
  ],
  shortFile: [
    ["load/x.ts", "x;\n".repeat(400)],
    ["src/counters/redis/scripts.generated.ts", "x;\n".repeat(900)],
  ],
  shortFunctions: [["src/audit/x.ts", long(70)]],
  noPersonInLabels: [
    [
      "src/audit/x.ts",
      'notice({ kind: "x", labels: { rule: id, level, by: ["agent"] } });\nconst person = { number: 1 };',
    ],
  ],
};

t.test("each rule finds what it is for, and leaves alone what it is not for", async (t) => {
  t.same(Object.keys(BREAKS), Object.keys(TIDY_RULES), "no rule is without an example");
  t.same(Object.keys(KEEPS), Object.keys(TIDY_RULES));
  for (const [name, examples] of Object.entries(BREAKS)) {
    for (const [path, text] of examples)
      t.not(ruleOf(name)({ path, text }).length, 0, `${name}: ${path} ${text.slice(0, 50)}`);
  }
  for (const [name, examples] of Object.entries(KEEPS)) {
    for (const [path, text] of examples)
      t.same(ruleOf(name)({ path, text }), [], `${name}: ${path} ${text.slice(0, 50)}`);
  }
});
