import type { MeasuredRun } from "./measure.ts";
import { STOLEN_MAX } from "./pairs.ts";
import type { Row } from "./table.ts";
import type { Phases } from "./targets.ts";

/** A generator that used more of a core than this may have been what was measured. */
const GENERATOR_CORES_MAX = 0.9;
/** Work of others on the machine beyond this falsifies the figures. */
export const OTHER_CORES_MAX = 0.3;

/** One line as a run is done. */
export function runText(run: MeasuredRun): string {
  const { subject, load, perSecond, p99, cpuUs, stolen } = run;
  const figures = `${perSecond.toFixed(0)} swipes/s, p99 ${p99.toFixed(1)} ms, ${cpuUs.toFixed(0)} µs, stolen ${(stolen * 100).toFixed(1)} %`;
  const failures = run.failures.length === 0 ? "" : `\n    first failure: ${run.failures[0]}`;
  return `  ${subject}, ${load}: ${figures}${failures}`;
}

/** What a reader must know to trust the figures, or not to. */
export function remarksOn(rows: readonly Row[], { fast, tail, equal }: Phases): readonly string[] {
  const remarks: string[] = [];
  for (const { run } of rows) {
    if (run.generatorCores > GENERATOR_CORES_MAX) {
      remarks.push(
        `The generator used ${run.generatorCores.toFixed(2)} cores against ${run.subject} (${run.load}): its throughput may be the generator's.`,
      );
    }
    if (run.otherCores > OTHER_CORES_MAX) {
      remarks.push(
        `Other programs used ${run.otherCores.toFixed(2)} cores during ${run.subject} (${run.load}): do not trust its figures.`,
      );
    }
  }
  const repeated = fast.repeated + tail.repeated + equal.repeated;
  if (repeated > 0) {
    remarks.push(
      `${repeated} pairs were repeated for more than ${STOLEN_MAX * 100} % stolen time.`,
    );
  }
  return remarks;
}
