import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis, type TestRedis } from "../tests/services/redis.ts";
import { storeCurve } from "./curves/curve-files.ts";
import { type CurveGround, QUICK, WHOLE } from "./curves/curve-point.ts";
import { CURVES, curvesNamed, measureCurve } from "./curves/measure-curves.ts";
import { toFloorOf } from "./measure/baseline.ts";
import { readMachineFacts } from "./measure/machine-facts.ts";
import type { Ground } from "./measure/phases.ts";
import { planOf, runPlan } from "./measure/plan.ts";
import { remarksOn, runText } from "./measure/remarks.ts";
import { RESULTS_FOLDER, type Results, readResults, writeResults } from "./measure/results.ts";
import { settle } from "./measure/settle.ts";
import { rowsOf, tableText, targetsText } from "./measure/table.ts";
import { isMet, targetsOf } from "./measure/targets.ts";
import { type BenchOptions, BenchOptionsError, HELP, readOptions } from "./options.ts";
import { profile } from "./profile/index.ts";
import { curveSentence } from "./report/curve.ts";
import { buildFolder, DIST } from "./subjects/build-folder.ts";
import { contendersOf, writePolicy } from "./subjects/contenders.ts";
import { guard } from "./subjects/guard.ts";
import { CANONICAL_RULES } from "./workload/policies.ts";
import { prepareWorkload } from "./workload/prepare.ts";
import { type Means, REFERENCE } from "./workload/prepared.ts";

const SEED = 20_261_121;
const PROFILE = { connections: 16, warmUpS: 12, forS: 10, rounds: 3 } as const;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The whole command; gives the exit status. */
async function bench(given: BenchOptions): Promise<number> {
  const { dist, before } = given;
  const options: BenchOptions = {
    ...given,
    dist: dist === undefined ? dist : buildFolder("--dist", dist),
    before: before === undefined ? before : buildFolder("--before", before),
  };
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  say("Preparing the workload …");
  const workload = await prepareWorkload({ seed: SEED }, folder);
  mkdirSync(join(folder, "runs"));
  const redis = await startRedis();
  try {
    const ground: Ground = {
      redisUrl: redis.url,
      scratch: join(folder, "runs"),
      reference: join(folder, REFERENCE),
      traffic: { seed: SEED, folder },
      heard: (run) => say(runText(run)),
    };
    if (options.curves) return await curves(options, ground);
    if (options.profile) return await steps(options, ground);
    return await compare(options, ground, workload, redis);
  } finally {
    await redis.stop();
    remove();
  }
}

async function curves(options: BenchOptions, ground: Ground): Promise<number> {
  const { dist, only, quick, rounds, seconds } = options;
  const plans = curvesNamed(only);
  const order = CURVES.map(({ name }) => name);
  const span = quick ? QUICK : WHOLE;
  const place: CurveGround = {
    ...{ ...ground, subject: guard("guard", dist), heard: say },
    span: { ...span, rounds: rounds ?? span.rounds, forS: seconds ?? span.forS },
  };
  for (const plan of plans) {
    const curve = await measureCurve(place, plan);
    say(curveSentence(curve));
    // One after the other, so that what was measured is there when the command is stopped.
    if (!quick) say(`Stored in ${storeCurve(curve, order)}\n`);
  }
  if (quick) say("A look only: nothing is stored.");
  return 0;
}

async function steps(options: BenchOptions, ground: Ground): Promise<number> {
  const { redisUrl, scratch, reference, traffic } = ground;
  const policyFile = writePolicy(ground, CANONICAL_RULES);
  const { dist = DIST, before, rounds = PROFILE.rounds, seconds = PROFILE.forS } = options;
  await profile({
    around: { redisUrl, scratch, reference, policyFile },
    ...{ dist, traffic, rounds, forS: seconds, results: RESULTS_FOLDER, heard: say },
    ...{ connections: PROFILE.connections, warmUpS: PROFILE.warmUpS },
    ...(before === undefined ? {} : { before }),
  });
  return 0;
}

async function compare(
  options: BenchOptions,
  ground: Ground,
  workload: Means,
  redis: TestRedis,
): Promise<number> {
  const contenders = await contendersOf(ground, options);
  const plan = planOf(options);
  const { phases, standIns } = await runPlan(plan, ground, contenders, say);
  const all = [...phases.fast.runs, ...phases.tail.runs, ...phases.equal.runs];
  const rows = rowsOf(
    [...all, ...standIns],
    contenders.standIns.map(({ subject }) => subject.name),
  );
  const targets = targetsOf(phases, contenders.names);
  const { baseline, unjudged } = toFloorOf(phases, contenders.names);
  say(`\nMedians of the runs; "CPU", "commands" and "B" are a swipe, its settlement included.\n`);
  say(tableText(rows));
  say(targetsText(targets));
  for (const remark of remarksOn(rows, [...all, ...standIns], phases)) say(remark);
  const results: Results = {
    machine: await readMachineFacts(redis.url, contenders.guard.policyFile),
    workload,
    seed: SEED,
    toFloor: baseline,
    targets: targets.map((target) => ({ ...target, met: isMet(target) })),
    rows: rows.map(({ run }) => run),
    runs: {
      fast: phases.fast.runs,
      tail: phases.tail.runs,
      equal: phases.equal.runs,
      standIns,
    },
  };
  const failed = rows.some((row) => row.failed > 0);
  if (failed) say("FAILED: a run had less than 99.95 % full answers; only full answers count.");
  const settling = { isWhole: plan.isWhole, asBaseline: options.baseline, unjudged };
  const isBehind = settle(settling, results, { write: writeResults, read: readResults }, say);
  return failed || isBehind ? EXIT_FAILED : 0;
}

async function main(): Promise<void> {
  // Children are killed and folders removed by what listens to `exit`.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(EXIT_FAILED));
  }
  try {
    const options = readOptions(process.argv.slice(2));
    if (options.help) say(HELP);
    else process.exitCode = await bench(options);
  } catch (error) {
    if (!(error instanceof BenchOptionsError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  }
}

await main();
