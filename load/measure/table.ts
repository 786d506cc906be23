import { hasFailed } from "./full-share.ts";
import type { MeasuredRun } from "./measure.ts";
import { median } from "./median.ts";
import { unspoilt } from "./pairs.ts";
import { isMet, type Target, whyNotText } from "./targets.ts";

/** One line of the table: the medians of one subject's runs under one load, without those that failed. */
export interface Row {
  readonly run: MeasuredRun;
  readonly runs: number;
  readonly failed: number;
  /** Its answers are stand-ins by design: it cannot fail for want of full ones. */
  readonly isStandIn: boolean;
}

type Column = readonly [head: string, of: (run: MeasuredRun) => string];

const COLUMNS: readonly Column[] = [
  ["subject", ({ subject }) => subject],
  ["load", ({ load }) => load],
  ["swipes/s", ({ perSecond }) => whole(perSecond)],
  ["p50 ms", ({ p50 }) => fine(p50)],
  ["p99", ({ p99 }) => fine(p99)],
  ["p99.9", ({ p999 }) => fine(p999)],
  ["max", ({ max }) => fine(max)],
  ["CPU µs", ({ cpuUs }) => whole(cpuUs)],
  ["Redis CPU µs", ({ redisCpuUs }) => whole(redisCpuUs)],
  ["commands", ({ redisCommands }) => redisCommands.toFixed(2)],
  ["in them µs", ({ redisUs }) => whole(redisUs)],
  ["B in", ({ bytesIn }) => whole(bytesIn)],
  ["B out", ({ bytesOut }) => whole(bytesOut)],
  ["journal B", ({ journalBytes }) => whole(journalBytes)],
  ["loop p99 ms", ({ loopDelayP99 }) => (loopDelayP99 === undefined ? "-" : fine(loopDelayP99))],
  ["full %", ({ fullShare }) => (fullShare === undefined ? "-" : percent(fullShare))],
  ["in 50 ms %", ({ inTime }) => percent(inTime)],
  ["stolen %", ({ stolen }) => (stolen * 100).toFixed(1)],
];
const LEFT = 2;

export function rowsOf(
  runs: readonly MeasuredRun[],
  standIns: readonly string[] = [],
): readonly Row[] {
  const groups = new Map<string, MeasuredRun[]>();
  for (const run of runs) {
    const key = `${run.subject}\n${run.load}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const isStandIn = first !== undefined && standIns.includes(first.subject);
    const counting = isStandIn ? group : group.filter((run) => !hasFailed(run));
    // Where all failed there is nothing else to show; the mark says what it is worth.
    const run = middle(unspoilt(counting.length > 0 ? counting : group));
    return { run, runs: group.length, failed: group.length - counting.length, isStandIn };
  });
}

/** Each figure's own median: no single run need have been like it. */
function middle(runs: readonly MeasuredRun[]): MeasuredRun {
  const [run] = runs;
  if (run === undefined) throw new Error("no runs to take the middle of");
  // Whoever disturbed one run is not to be read beside the middle of all.
  const { otherMost, ...first } = run;
  const figures: [string, unknown][] = Object.entries(first).map(([name, value]) => {
    if (typeof value !== "number") return [name, value];
    const values = runs.map((each) => each[name as keyof MeasuredRun]);
    return [name, median(values.filter((each) => typeof each === "number"))];
  });
  return { ...first, ...Object.fromEntries(figures) };
}

export function tableText(rows: readonly Row[]): string {
  const heads = COLUMNS.map(([head]) => head);
  const lines = rows.map(({ run }) => COLUMNS.map(([, of]) => of(run)));
  const widths = heads.map((head, index) =>
    Math.max(head.length, ...lines.map((cells) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[], end: string) =>
    `${cells
      .map((cell, index) =>
        index < LEFT ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join("  ")}${end}\n`;
  return rows.reduce(
    (text, row, index) => text + line(lines[index] ?? [], verdict(row)),
    line(heads, ""),
  );
}

function verdict({ failed, runs, isStandIn }: Row): string {
  if (isStandIn) return "  stand-ins";
  return failed === 0 ? "" : `  FAILED (${failed} of ${runs} runs)`;
}

export function targetsText(targets: readonly Target[]): string {
  const width = Math.max(...targets.map(({ what }) => what.length));
  return targets
    .map((target) => {
      const { what, value, limit, must } = target;
      const wanted = `${must === "atLeast" ? "at least" : "at most"} ${limit}`;
      const shown = value === undefined ? "-" : value.toFixed(value < 1 ? 3 : 2);
      return `${what.padEnd(width)}  ${shown.padStart(8)}  ${wanted.padEnd(13)}  ${judgement(target)}\n`;
    })
    .join("");
}

function judgement(target: Target): string {
  const met = isMet(target);
  if (met === undefined) return whyNotText(target.why);
  return met ? "met" : "NOT MET";
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function fine(ms: number): string {
  return ms.toFixed(ms < 100 ? 2 : 0);
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}
