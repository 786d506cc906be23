import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Means } from "../workload/prepared.ts";
import type { Baseline } from "./baseline.ts";
import type { MachineFacts } from "./machine-facts.ts";
import type { MeasuredRun } from "./measure.ts";
import type { Target } from "./targets.ts";

/** What a whole bench came to; load/results/latest.json, and the same as baseline.json. */
export interface Results {
  readonly machine: MachineFacts;
  readonly workload: Means;
  readonly seed: number;
  readonly toFloor: Baseline;
  readonly targets: readonly (Target & { readonly met: boolean | undefined })[];
  /** One a subject and load: the medians of its runs. */
  readonly rows: readonly MeasuredRun[];
  /** Every run, by phase, in the order in which they ran. */
  readonly runs: Readonly<Record<string, readonly MeasuredRun[]>>;
}

export type ResultsName = "latest" | "baseline";

/** load/results of the repository, not of the build. */
export const RESULTS_FOLDER = fileURLToPath(new URL("../../../load/results/", import.meta.url));

export function writeResults(name: ResultsName, results: Results): string {
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const path = join(RESULTS_FOLDER, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(rounded(results), null, 2)}\n`);
  return path;
}

export function readResults(name: ResultsName): Results | undefined {
  const path = join(RESULTS_FOLDER, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** Six figures are more than any of these numbers have. */
function rounded(results: Results): unknown {
  return JSON.parse(JSON.stringify(results), (_, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
  );
}
