// Generated files are committed, so that a reader and a reviewer see them; this proves that they are what the code
// writes today. Run it before `npm run build`, which writes the scripts' module again. Needs `npm ci`, and no git.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const cache = join(root, ".cache");
mkdirSync(cache, { recursive: true });
// Inside the tree: what is compiled there still finds node_modules and package.json above it.
const temporary = mkdtempSync(join(cache, "fresh-"));

const SCRIPTS = "src/counters/redis";
const stale = [];

function run(program, ...args) {
  execFileSync(process.execPath, [program, ...args], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
}

function compare(committed, written, mend) {
  if (!existsSync(committed) || readFileSync(committed, "utf8") !== readFileSync(written, "utf8")) {
    stale.push(`${committed.slice(root.length)} is not what the code writes: run \`${mend}\`.`);
  }
}

function checkScripts() {
  const folder = join(temporary, "redis");
  cpSync(join(root, SCRIPTS, "scripts"), join(folder, "scripts"), { recursive: true });
  cpSync(join(root, SCRIPTS, "scripts.generate.mjs"), join(folder, "scripts.generate.mjs"));
  run(join(folder, "scripts.generate.mjs"));
  const name = "scripts.generated.ts";
  compare(join(root, SCRIPTS, name), join(folder, name), `node ${SCRIPTS}/scripts.generate.mjs`);
}

function checkSchemas() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  const compiled = join(temporary, "dist");
  run(tsc, "-p", join(root, "src/tsconfig.json"), "--outDir", compiled);
  const folder = join(temporary, "schemas");
  run(join(compiled, "cli.js"), "schemas", folder);
  const written = readdirSync(folder);
  for (const name of written) {
    compare(join(root, "schemas", name), join(folder, name), "npm run build && npm run guard -- schemas");
  }
  for (const name of readdirSync(join(root, "schemas"))) {
    if (name !== "examples" && !written.includes(name)) {
      stale.push(`schemas/${name} is written by nothing any more: remove it.`);
    }
  }
}

try {
  checkScripts();
  checkSchemas();
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
if (stale.length > 0) {
  process.stderr.write(`${stale.join("\n")}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write("The generated files are what the code writes.\n");
}
