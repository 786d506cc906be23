/**
 * `npm test`: starts the real Redis and the real Kafka, runs tap, ends both again.
 * Arguments go to `tap run`. The last line counts assertions: `N passed, N failed[, N skipped]`.
 * A service that cannot be had skips its suites, said before and after; with CI=true that fails the run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Provided, type Provision, provideKafka, provideRedis } from "./provide.ts";
import { type FailedFile, failedFiles, meetsTheMachine, totalsOf } from "./tap-results.ts";

/** Seconds a test file may take. */
const HANG_LIMIT_S = 600;
const RESULTS = ".tap/results.tap";
const RESULTS_AGAIN = ".tap/results-again.tap";
/** More files than this do not fail for the machine's sake. */
const AGAIN_MAX = 4;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function tapProgram(): string {
  const manifest = createRequire(import.meta.url).resolve("tap/package.json");
  return join(dirname(manifest), "dist/esm/run.mjs");
}

async function runTap(
  env: NodeJS.ProcessEnv,
  results: string,
  args: readonly string[],
): Promise<number> {
  mkdirSync(dirname(results), { recursive: true });
  rmSync(results, { force: true });
  // A reporter that repaints its screen makes no sense in a file. The limit is there for what hangs, not what is slow.
  const reporter = process.stdout.isTTY ? "terse" : "min";
  const options = [
    `--reporter=${reporter}`,
    `--output-file=${results}`,
    `--timeout=${HANG_LIMIT_S}`,
  ];
  const tap = spawn(process.execPath, [tapProgram(), "run", ...options, ...args], {
    // A group of its own, so that the tests' processes can be ended with it.
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
    env,
  });
  const end = (signal: NodeJS.Signals): void => {
    signalGroup(tap.pid, signal);
    setTimeout(() => signalGroup(tap.pid, "SIGKILL"), 3_000).unref();
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  const [code] = await once(tap, "exit");
  return typeof code === "number" ? code : 1;
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (leader !== undefined) process.kill(-leader, signal);
  } catch {
    // Already gone.
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/**
 * What failed against real services and real clocks is run a second time, alone: a shared machine may stand still for
 * seconds. What fails again has failed; what passes is named, for it may be a rare fault of the product. Undefined:
 * nothing was run again, for what failed is not the machine's doing.
 */
async function failedTwice(
  env: NodeJS.ProcessEnv,
  first: readonly FailedFile[],
): Promise<number | undefined> {
  const again = first.map(({ file }) => file).filter(meetsTheMachine);
  const isOurs = again.length < first.length || again.length > AGAIN_MAX;
  if (again.length === 0 || isOurs) return undefined;
  const outcome = await runTap(env, RESULTS_AGAIN, ["--disable-coverage", ...again]);
  const { failed } = totalsOf(read(RESULTS_AGAIN));
  return failed === 0 && outcome !== 0 ? 1 : failed;
}

function tell(kind: string, files: readonly FailedFile[]): void {
  // A line of its own: the reporter leaves its escape codes on the last one.
  for (const { file, said } of files) say(`\n${[`!!! ${kind}: ${file}`, ...said].join("\n    ")}`);
}

async function stopAll(services: readonly Provided[]): Promise<void> {
  await Promise.all(services.map((service) => service.stop()));
}

function announce(provisions: readonly Provision[]): void {
  for (const provision of provisions) {
    if ("provided" in provision) say(`${provision.name}: ${provision.provided.from}`);
    else
      say(
        `!!! NO ${provision.name.toUpperCase()}: its suites are skipped: ${provision.unavailable}`,
      );
  }
}

const provisions = await Promise.all([provideRedis(), provideKafka()]);
const services = provisions.flatMap((provision) =>
  "provided" in provision ? [provision.provided] : [],
);
const absent = provisions.flatMap((provision) => ("unavailable" in provision ? [provision] : []));
announce(provisions);

const env = Object.assign({ ...process.env }, ...services.map((service) => service.env));
const status = await runTap(env, RESULTS, process.argv.slice(2));
const tap = read(RESULTS);
const totals = totalsOf(tap);
const firstFailed = failedFiles(tap);
const failedAgain = await failedTwice(env, firstFailed);
await stopAll(services);

const counted = totals.passed + totals.failed + totals.skipped > 0;
// A run that broke before or beside any assertion must not read as one without failures.
const failedAtFirst = totals.failed === 0 && (status !== 0 || !counted) ? 1 : totals.failed;
const failed = failedAgain ?? failedAtFirst;
const passed = totals.passed + Math.max(0, totals.failed - failed);
tell(failedAgain === 0 ? "UNSTEADY, passed when run again" : "FAILED", firstFailed);
if (failedAgain !== undefined && failedAgain > 0)
  tell("FAILED AGAIN", failedFiles(read(RESULTS_AGAIN)));
const refused = absent.length > 0 && process.env["CI"] === "true";
for (const { name, unavailable } of absent) {
  say(
    `!!! SKIPPED for want of ${name}${refused ? " (a failure with CI=true)" : ""}: ${unavailable}`,
  );
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
say(`\n${passed} passed, ${failed} failed${skipped}`);
process.exitCode = failed > 0 || refused ? 1 : 0;
