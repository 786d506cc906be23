// Writes the default city, replays it with the shipped policy, and puts what came of it into the README, between its
// two marks. Takes some minutes; run it after the policy, the features or the city have changed (`npm run city`).

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const readme = join(root, "README.md");
const [begin, end] = ["<!-- city: begin -->", "<!-- city: end -->"];

function guard(...args) {
  const options = { cwd: root, maxBuffer: 64e6, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] };
  return execFileSync(process.execPath, [join(root, "dist/cli.js"), ...args], options);
}

const folder = mkdtempSync(join(tmpdir(), "guard-city-"));
try {
  const lines = join(folder, "city.jsonl");
  const labels = join(folder, "city.labels.jsonl");
  process.stdout.write(guard("simulate", "--out", lines));
  const table = guard("replay", lines, "--labels", labels, "--markdown").trim();
  const text = readFileSync(readme, "utf8");
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`README.md lacks ${begin} and ${end}.`);
  writeFileSync(readme, `${before}${begin}\n\n${table}\n\n${end}${after}`);
  process.stdout.write("The table in README.md is new.\n");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
