// Breaks the scripts of the memory and the life cycle of a swipe, one branch at a time, and runs the tests that should
// notice. A mutant that no test notices is a survivor: it must be named, with the reason why it may live, in
// mutate-survivors.json, or this fails. Takes a while, some 2 to 10 s a mutant: `npm run mutate -- lua 40 tallies` breaks
// only the scripts, only 40 places (0: all), and only in files whose name has that word.

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { luaMutants, scriptMutants } from "./mutants.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const SCRIPTS = "src/counters/redis/scripts";
const LIFE_CYCLE = ["life-cycle", "settling", "tally-moves", "came-back", "held", "one-sale", "entry-state", "late-codes"];
/** A mutant that makes a test hang is noticed. */
const HANG_MS = 60_000;
const SUITES = {
  lua: ["redis-store", "twins", "redis-cluster", "cluster-parts", "memory"].map((name) => `counters/${name}.redis`),
  "life-cycle": ["decision/*", "checkout/desk"],
};

const [wanted = "all", sample = "0", only = ""] = process.argv.slice(2);
const explained = JSON.parse(readFileSync(new URL("mutate-survivors.json", import.meta.url), "utf8"));
mkdirSync(join(root, ".cache"), { recursive: true });
const build = mkdtempSync(join(root, ".cache/mutants-"));

function compile() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.json"), "--outDir", build], { cwd: root });
}

function testFiles(names) {
  return names.flatMap((name) => {
    const folder = join(build, "tests", dirname(name));
    if (!name.endsWith("/*")) return [join(build, "tests", `${name}.test.js`)];
    return readdirSync(folder)
      .filter((file) => file.endsWith(".test.js"))
      .map((file) => join(folder, file));
  });
}

/** The first test that fails, or undefined where all pass. A Redis that a mutant sent round in circles is made anew. */
function noticedBy(files, redis) {
  for (const file of files) {
    const ran = spawnSync(process.execPath, [file], { cwd: root, env: redis.env, timeout: HANG_MS, stdio: "ignore" });
    if (ran.status === 0) continue;
    if (ran.signal !== null) redis.again();
    return file.slice(build.length + 1);
  }
  return undefined;
}

function* luaWork() {
  const generated = join(build, "src/counters/redis/scripts.generated.js");
  const whole = readFileSync(generated, "utf8");
  const folder = join(build, "lua");
  mkdirSync(folder);
  cpSync(join(root, SCRIPTS), join(folder, "scripts"), { recursive: true });
  cpSync(join(root, `${SCRIPTS}.generate.mjs`), join(folder, "scripts.generate.mjs"));
  const names = [...readdirSync(join(root, SCRIPTS)), ...readdirSync(join(root, SCRIPTS, "includes")).map((n) => `includes/${n}`)];
  for (const name of names.filter((each) => each.endsWith(".lua"))) {
    const path = join(folder, "scripts", name);
    const text = readFileSync(path, "utf8");
    for (const mutant of luaMutants(text)) {
      yield {
        file: `${SCRIPTS}/${name}`,
        ...mutant,
        make: () => {
          writeFileSync(path, mutant.text);
          execFileSync(process.execPath, [join(folder, "scripts.generate.mjs")]);
          writeFileSync(generated, readFileSync(join(folder, "scripts.generated.ts"), "utf8").replaceAll("} as const;", "};"));
        },
        mend: () => {
          writeFileSync(path, text);
          writeFileSync(generated, whole);
        },
      };
    }
  }
}

function* lifeCycleWork() {
  for (const name of LIFE_CYCLE) {
    const path = join(build, "src/decision", `${name}.js`);
    const text = readFileSync(path, "utf8");
    for (const mutant of scriptMutants(text)) {
      yield {
        file: `src/decision/${name}.ts`,
        ...mutant,
        make: () => writeFileSync(path, mutant.text),
        mend: () => writeFileSync(path, text),
      };
    }
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

async function withRedis(work) {
  const port = await freePort();
  const options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--maxmemory-policy", "noeviction"];
  const start = () => {
    const server = spawn("redis-server", options.map(String), { stdio: "ignore", cwd: build });
    pause(1_000);
    return server;
  };
  let server = start();
  const redis = {
    env: { ...process.env, GUARD_TEST_REDIS_URL: `redis://127.0.0.1:${port}`, GUARD_TEST_REDIS_SERVER: "redis-server", TAP_BAIL: "1" },
    again: () => {
      server.kill("SIGKILL");
      pause(200);
      server = start();
    },
  };
  try {
    work(redis);
  } finally {
    server.kill("SIGKILL");
  }
}

function isExplained({ file, line, what }) {
  return explained.some((each) => each.file === file && each.line === line && each.what === what);
}

function run(kind, work, redis) {
  const files = testFiles(SUITES[kind]);
  const before = noticedBy(files, redis);
  if (before) throw new Error(`${before} fails without any mutant.`);
  const all = [...work].filter(({ file }) => file.includes(only));
  const step = Number(sample) > 0 ? Math.max(1, Math.floor(all.length / Number(sample))) : 1;
  const chosen = all.filter((_, index) => index % step === 0);
  const survivors = [];
  for (const [index, mutant] of chosen.entries()) {
    mutant.make();
    const by = noticedBy(files, redis);
    mutant.mend();
    if (by === undefined) {
      survivors.push(mutant);
      const { file, number, line, what } = mutant;
      process.stdout.write(`${isExplained(mutant) ? "explained" : "SURVIVES"} ${file}:${number} ${what}: ${line}\n`);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${chosen.length}`);
  }
  const unexplained = survivors.filter((each) => !isExplained(each));
  process.stdout.write(
    `${kind}: ${chosen.length} of ${all.length} mutants, ${chosen.length - survivors.length} noticed, ${survivors.length - unexplained.length} survivors explained, ${unexplained.length} not\n`,
  );
  return unexplained.length;
}

try {
  compile();
  let unexplained = 0;
  await withRedis((redis) => {
    if (wanted !== "life-cycle") unexplained += run("lua", luaWork(), redis);
    if (wanted !== "lua") unexplained += run("life-cycle", lifeCycleWork(), redis);
  });
  if (unexplained > 0) process.exitCode = 1;
} finally {
  rmSync(build, { recursive: true, force: true });
}
