import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../src/config/package-root.ts";
import { SETTINGS, settingsTable } from "../src/config/settings.ts";
import { NOTICES } from "../src/telemetry/notices.ts";
import { MAY_IMPORT } from "./tidy-rules.ts";

const root = packageRoot();
const read = (path: string) => readFileSync(join(root, path), "utf8");
const readme = read("README.md");
const runbook = read("deploy/runbook.md");

/** The cells of each table row whose first cell is exactly this, in backticks or not. */
function rowsOf(first: string): string[][] {
  return readme
    .split("\n")
    .filter((line) => line.startsWith(`| ${first} |`))
    .map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(2, -1),
    );
}

t.test("every dependency is in the README, with its reason", async (t) => {
  const { dependencies, devDependencies, scripts } = JSON.parse(read("package.json"));
  const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
  t.not(names.length, 0);
  for (const name of names) t.match(rowsOf(`\`${name}\``)[0]?.[0], /\w{3,}/, name);
  const tools = [...JSON.stringify(scripts).matchAll(/(?:npx --yes|-p) (@?[a-z/-]+)@\d/g)];
  t.not(tools.length, 0);
  for (const [, tool = ""] of tools) t.ok(readme.includes(`\`${tool}\``), tool);
});

t.test("every setting is in the README, in the words of the code", async (t) => {
  t.ok(readme.includes(settingsTable().trimEnd()), "the table is settingsTable()");
  for (const { name } of Object.values(SETTINGS)) t.equal(rowsOf(`\`${name}\``).length, 1, name);
});

t.test("every path that is named is there", async (t) => {
  const beginning = /^(?:src|tests|deploy|schemas|load|\.ci)\//;
  for (const [file, text] of Object.entries({ readme, runbook })) {
    const named = [...text.matchAll(/`([^`\n]+)`/g)].map(([, path = ""]) => path);
    const printed = [...text.matchAll(/[@ ]((?:schemas|deploy)\/[\w./-]+)/g)].map(
      ([, path = ""]) => path,
    );
    const paths = [...named.filter((path) => beginning.test(path)), ...printed];
    t.not(paths.length, 0, file);
    for (const path of new Set(paths)) t.ok(existsSync(join(root, path)), `${file}: ${path}`);
  }
});

t.test("the rooms are those of the architecture, and import what they may", async (t) => {
  for (const [room, targets] of Object.entries(MAY_IMPORT)) {
    t.equal(rowsOf(`\`${room}/\``)[0]?.[1], targets.join(", ") || "–", room);
  }
});

t.test("the ten promises are there, each with a test or a word on what is missing", async (t) => {
  const promises = [...readme.matchAll(/^\| (\d+)\. \*\*.+ \| (.+) \| (.+) \|$/gm)];
  t.same(
    promises.map(([, number]) => Number(number)),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  for (const [, number, proof = "", open = ""] of promises) {
    t.ok(proof.includes("`tests/") || open.length > 3, `promise ${number}`);
  }
});

t.test("the runbook speaks of metrics that there are", async (t) => {
  const metrics = new Set<string>(
    Object.values(NOTICES).flatMap((notice) => notice.metrics.map(({ name }) => name)),
  );
  const named = [...`${runbook}${readme}`.matchAll(/\bguard_[a-z_]+/g)].map(([name]) => name);
  t.not(named.length, 0);
  const suffix = /_(?:bucket|count|sum)$/;
  for (const name of new Set(named)) {
    t.ok(metrics.has(name) || metrics.has(name.replace(suffix, "")) || OWN.has(name), name);
  }
});

/** Those that telemetry keeps of itself and of the process. */
const OWN: ReadonlySet<string> = new Set([
  "guard_event_loop_lag_seconds",
  "guard_log_lines_suppressed_total",
  "guard_notices_unknown_total",
]);
