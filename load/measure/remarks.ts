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
export function remarksOn(
  rows: readonly Row[],
  runs: readonly MeasuredRun[],
  { fast, tail, equal }: Phases,
): readonly string[] {
  const remarks = rows.flatMap(({ run }) => {
    const same = runs.filter(({ subject, load }) => subject === run.subject && load === run.load);
    return [...busyGenerator(run), ...othersAtWork(same)];
  });
  const repeated = fast.repeated + tail.repeated + equal.repeated;
  if (repeated > 0) {
    remarks.push(
      `${repeated} pairs were repeated for more than ${STOLEN_MAX * 100} % stolen time.`,
    );
  }
  return remarks;
}

function busyGenerator({ generatorCores, subject, load }: MeasuredRun): readonly string[] {
  if (generatorCores <= GENERATOR_CORES_MAX) return [];
  return [
    `The generator used ${generatorCores.toFixed(2)} cores against ${subject} (${load}): its throughput may be the generator's.`,
  ];
}

/** Run by run: a median of two hides which of them it was. */
function othersAtWork(same: readonly MeasuredRun[]): readonly string[] {
  const [worst] = [...same].sort((one, other) => other.otherCores - one.otherCores);
  if (worst === undefined || worst.otherCores <= OTHER_CORES_MAX) return [];
  const { subject, load, otherCores } = worst;
  const disturbed = same.filter((run) => run.otherCores > OTHER_CORES_MAX).length;
  return [
    `In ${disturbed} of ${same.length} runs of ${subject} (${load}) other programs used up to ${otherCores.toFixed(2)} cores, ${whoText(worst)}: do not trust its figures.`,
  ];
}

/** Processes are read before and after the run. */
function whoText({ otherCores, otherMost }: MeasuredRun): string {
  return otherMost !== undefined && otherMost.cores >= otherCores / 2
    ? `${otherMost.cores.toFixed(2)} of them ${otherMost.name}`
    : "most of it by such as had ended by its end";
}
