import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrafficSource } from "../generators/job.ts";
import { measure } from "../measure/measure.ts";
import { median } from "../measure/median.ts";
import { inTurn, unspoilt } from "../measure/pairs.ts";
import { runText } from "../measure/remarks.ts";
import { guard } from "../subjects/guard.ts";
import type { Surroundings } from "../subjects/subject.ts";
import type { CallNode } from "./cpu-profile.ts";
import { flameSvg } from "./flame-svg.ts";
import { flameTree } from "./flame-tree.ts";
import { type StepCosts, stepCosts } from "./step-times.ts";
import { type Watched, watch } from "./watch.ts";

export interface ProfileOptions {
  /** A Redis that may be emptied; the policy and reference files of the canonical workload. */
  readonly around: Surroundings;
  /** The compiled guard: a folder with main.js, its source maps beside the files. */
  readonly dist: string;
  /** An earlier build to measure in turn with it, for `steps-before.json` and `flame-before.svg`. */
  readonly before?: string;
  readonly traffic: TrafficSource;
  /** Tills that each wait for their answer; 16 keep one guard busy. */
  readonly connections: number;
  readonly warmUpS: number;
  /** Of each run: each build has one under the profiler and `rounds` without it. */
  readonly forS: number;
  readonly rounds: number;
  /** Folder of the results. */
  readonly results: string;
  /** Hears of each run and table as it is done. */
  readonly heard: (text: string) => void;
}

/** What `steps.json` holds. */
export interface StepTable {
  /** Of the run under the profiler. */
  readonly swipes: number;
  /** When its command began, ISO 8601: builds that took turns have the same; absent in older files. */
  readonly measuredAt?: string;
  /** CPU without the profiler, median of the runs, µs a swipe, its settlement included. */
  readonly cpuUs: number;
  /** The largest of its runs, 0 to 1. */
  readonly stolen: number;
  /** µs of CPU a swipe; together `cpuUs`. */
  readonly steps: Partial<StepCosts>;
}

/** Boxes that take less of the whole are not drawn. */
const LEAST_BOX = 0.003;

/** Files of the results end so, by the build. */
const NOW = "";
const BEFORE = "-before";
const NAMES: Readonly<Record<string, string>> = { [NOW]: "this build", [BEFORE]: "the earlier" };
/** Under the profiler a guard carries less; at its fastest it would turn requests away, and that is another work. */
const WATCHED = 0.3;
/** Pairs run again because a neighbour took too much of the machine, at most. */
const REPEATS_MAX = 3;

/**
 * Runs the guard under the given traffic by itself, for what a swipe costs, and under V8's profiler, for how that is
 * shared out. An earlier build takes turns with it: an hour apart the same build differs by a fifth on a shared machine.
 * Writes flame graphs, tables of steps and what swipes leave behind into the results.
 */
export async function profile(options: ProfileOptions): Promise<StepTable> {
  const { dist, before } = options;
  const measuredAt = new Date().toISOString();
  mkdirSync(options.results, { recursive: true });
  const builds = new Map([
    [NOW, dist],
    ...(before === undefined ? [] : [[BEFORE, before] as const]),
  ]);
  const runs = await runsOf(options, builds);
  for (const [suffix, build] of [...builds].reverse()) {
    const alone = runs(suffix);
    const fastest = median(alone.map(({ perSecond }) => perSecond)) ?? 0;
    const load = { kind: "open", perSecond: Math.max(1, Math.round(fastest * WATCHED)) } as const;
    const watched = await watch({ ...options, dist: build, load });
    const table = { ...tableOf(alone, watched), measuredAt };
    writeStepFiles(options.results, suffix, table, watched.tree);
    options.heard(
      `  ${NAMES[suffix]}: ${table.cpuUs.toFixed(0)} µs a swipe, shared out in steps${suffix}.json`,
    );
    if (suffix !== NOW) continue;
    writeJson(join(options.results, "left-behind.json"), watched.left);
    return table;
  }
  throw new Error("no build was profiled");
}

/** Without the profiler, in turn; gives a build's runs that were not spoilt. */
async function runsOf(options: ProfileOptions, builds: ReadonlyMap<string, string>) {
  const { around, traffic, connections, warmUpS, forS, rounds, heard } = options;
  const load = { kind: "closed", connections } as const;
  const others = [...builds.keys()].filter((suffix) => suffix !== NOW);
  const plan = { anchor: NOW, others, rounds, repeatsMax: REPEATS_MAX };
  const { runs } = await inTurn(plan, async (suffix) => {
    const subject = guard(suffix, builds.get(suffix));
    const run = await measure({ subject, around, traffic, load, warmUpS, forS });
    heard(runText({ ...run, subject: NAMES[suffix] ?? suffix }));
    return run;
  });
  return (suffix: string) => unspoilt(runs.filter(({ subject }) => subject === suffix));
}

function tableOf(
  runs: readonly { readonly cpuUs: number; readonly stolen: number }[],
  { tree, mainUs, allUs, swipes, stolen }: Watched,
): StepTable {
  const cpuUs = median(runs.map((run) => run.cpuUs)) ?? 0;
  return {
    ...{ swipes, cpuUs, stolen: Math.max(stolen, ...runs.map((run) => run.stolen)) },
    steps: stepCosts(tree, { mainUs, allUs, swipeUs: cpuUs }),
  };
}

function writeStepFiles(results: string, suffix: string, table: StepTable, tree: CallNode): void {
  const picture = flameSvg(flameTree(tree, LEAST_BOX), {
    title:
      suffix === NOW ? "Where the time of a swipe goes" : "Where the time of a swipe went before",
    usPerSwipe: table.cpuUs - (table.steps.threads ?? 0),
  });
  writeFileSync(join(results, `flame${suffix}.svg`), picture);
  writeJson(join(results, `steps${suffix}.json`), table);
}

/** Four figures are more than a sampled profile has. */
function writeJson(file: string, what: object): void {
  const short = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  writeFileSync(file, `${JSON.stringify(what, short, 2)}\n`);
}
