// Runs every fault test against real services and writes what they measured into the README, between its two marks
// (`npm run faults`). Rows come from the tests themselves (tests/faults/fault-row.ts); nothing here knows a figure.
// `node .ci/faults.mjs FILE` only writes the table, from the rows that a whole and green test run left in that file
// (GUARD_FAULT_ROWS=FILE npm test).

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const [begin, end] = ["<!-- faults: begin -->", "<!-- faults: end -->"];
const HEAD = [
  "| fault | how it is made | runs | requests | lost | counted twice | slowest answer (deadline) |",
  "| --- | --- | --- | --- | --- | --- | --- |",
];

function faultTests() {
  const folders = ["build/tests/faults", "build/tests/simulated", "build/tests/audit", "build/tests/checkout"];
  return folders.flatMap((folder) => {
    const path = join(root, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => name.endsWith(".test.js"))
      .map((name) => join(folder, name))
      .filter((file) => tellsRows(file));
  });
}

/** A test whose rows are told by a helper beside it names that helper. */
function tellsRows(file) {
  return readFileSync(join(root, file), "utf8").includes("fault-row");
}

function cells({ fault, made, runs, requests, lost, countedTwice, slowestMs, deadlineMs }) {
  const slowest = slowestMs === undefined ? "–" : `${slowestMs.toFixed(1)} ms${deadlineMs === undefined ? "" : ` (${deadlineMs})`}`;
  const numbers = [runs, requests, lost, countedTwice].map((value) => value.toLocaleString("en"));
  return `| ${[fault, made, ...numbers, slowest].join(" | ")} |`;
}

function writeTable(rows) {
  const told = readFileSync(rows, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const table = [...HEAD, ...told.sort((a, b) => a.fault.localeCompare(b.fault, "en")).map(cells)].join("\n");
  const text = readFileSync(join(root, "README.md"), "utf8");
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`README.md lacks ${begin} and ${end}.`);
  writeFileSync(join(root, "README.md"), `${before}${begin}\n\n${table}\n\n${end}${after}`);
  process.stdout.write(`${told.length} rows in README.md.\n`);
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "guard-faults-"));
  try {
    const rows = join(folder, "rows.ndjson");
    writeFileSync(rows, "");
    const options = { cwd: root, stdio: "inherit", env: { ...process.env, GUARD_FAULT_ROWS: rows } };
    const ran = spawnSync(process.execPath, ["build/tests/services/with-services.js", ...faultTests()], options);
    // Some rows say zero because the assertions beside them hold: a run in which one failed has nothing to tell.
    if (ran.status === 0) writeTable(rows);
    else process.exitCode = ran.status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [given] = process.argv.slice(2);
if (given === undefined) runTests();
else writeTable(given);
