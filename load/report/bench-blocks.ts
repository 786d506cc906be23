import { hasFailed } from "../measure/full-share.ts";
import type { MachineFacts } from "../measure/machine-facts.ts";
import type { MeasuredRun } from "../measure/measure.ts";
import type { Results } from "../measure/results.ts";
import { whyNotText } from "../measure/targets.ts";
import { DUTIES, DUTY_HEADS } from "./duties.ts";
import { table } from "./markdown.ts";
import { figure } from "./numbers.ts";

type Column = readonly [head: string, cell: (row: Row) => string];

const WHO: readonly Column[] = [
  ["", ({ run, mark }) => (mark === "" ? run.subject : `${run.subject}, ${mark}`)],
  ["load", ({ run }) => run.load],
];

const SPEED: readonly Column[] = [
  ["swipes/s", ({ run: { perSecond } }) => whole(perSecond)],
  ["p50, ms", ({ run: { p50 } }) => ms(p50)],
  ["p99", ({ run: { p99 } }) => ms(p99)],
  ["p99.9", ({ run: { p999 } }) => ms(p999)],
  ["max", ({ run: { max } }) => ms(max)],
  ["in 50 ms", ({ run: { inTime } }) => percent(inTime)],
  ["full", ({ run: { fullShare } }) => (fullShare === undefined ? "–" : percent(fullShare))],
  [
    "loop delay p99, ms",
    ({ run: { loopDelayP99 } }) => (loopDelayP99 === undefined ? "–" : ms(loopDelayP99)),
  ],
  ["stolen", ({ run: { stolen } }) => `${(100 * stolen).toFixed(1)} %`],
];

const COST: readonly Column[] = [
  ["CPU, µs", ({ run: { cpuUs } }) => whole(cpuUs)],
  ["CPU of Redis, µs", ({ run: { redisCpuUs } }) => whole(redisCpuUs)],
  ["commands", ({ run: { redisCommands } }) => redisCommands.toFixed(2)],
  ["in them, µs", ({ run: { redisUs } }) => whole(redisUs)],
  ["bytes to Redis", ({ run: { bytesIn } }) => whole(bytesIn)],
  ["bytes back", ({ run: { bytesOut } }) => whole(bytesOut)],
  ["journal, bytes", ({ run: { journalBytes } }) => whole(journalBytes)],
];

/** A line of the tables. */
interface Row {
  readonly run: MeasuredRun;
  /** What is wrong with it, or what it is by design; empty: nothing. */
  readonly mark: string;
}

/** Medians of the runs: first how fast, then at what cost. */
export function resultTable(results: Results): string {
  const { machine, workload } = results;
  const shares = `${figure(workload.lines)} lines and ${figure(workload.codes)} trace codes a swipe, ${percent(workload.nhsaShare)} NHSA messages, ${percent(workload.settledShare)} settled, ${percent(workload.inquiryShare)} inquiries`;
  const rows = rowsOf(results);
  return [
    `${machineText(machine)} The traffic: ${shares}.`,
    columnsOf(rows, [...WHO, ...SPEED]),
    ...failureNote(rows),
    "What it costs, a swipe with its settlement:",
    columnsOf(rows, [...WHO, ...COST]),
    "What each of them does for it:",
    table(["", ...DUTY_HEADS], DUTIES),
  ].join("\n\n");
}

function rowsOf({ rows, runs }: Results): readonly Row[] {
  const isStandIn = ({ subject }: MeasuredRun) =>
    (runs["standIns"] ?? []).some((run) => run.subject === subject);
  const all = Object.values(runs).flat();
  return rows.map((run) => {
    const same = all.filter(({ subject, load }) => subject === run.subject && load === run.load);
    const failed = same.filter(hasFailed).length;
    if (failed === 0) return { run, mark: "" };
    const mark = isStandIn(run) ? "stand-ins by design" : `**FAILED ${failed} of ${same.length}**`;
    return { run, mark };
  });
}

function failureNote(rows: readonly Row[]): readonly string[] {
  if (!rows.some(({ mark }) => mark.includes("FAILED"))) return [];
  return [
    "**FAILED**: so many of its runs had less than 99.95 % full answers and count for nothing. The figures of the row are those of its other runs; where none is left, they are those of the failed ones and show only that it failed.",
  ];
}

function columnsOf(rows: readonly Row[], columns: readonly Column[]): string {
  return table(
    columns.map(([head]) => head),
    rows.map((row) => columns.map(([, cell]) => cell(row))),
  );
}

/** The ratios to reach, with what was reached. */
export function targetTable({ targets }: Results): string {
  const rows = targets.map(({ what, value, why, limit, must, met, bare }) => [
    what,
    `${must === "atLeast" ? "at least" : "at most"} ${figure(limit)}`,
    value === undefined ? "–" : figure(value),
    bare === undefined ? "–" : figure(bare),
    met === undefined ? whyNotText(why) : met ? "reached" : "**missed**",
  ]);
  return table(["", "to reach", "measured", "the bare floor itself", ""], rows);
}

function machineText(machine: MachineFacts): string {
  const { cores, processor, node, redis, at } = machine;
  return `Measured on ${at.slice(0, 10)}: ${cores} cores (${processor}), Node.js ${node.slice(1)}, Redis ${redis}, the generator on the same machine.`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function ms(value: number): string {
  return value >= 100 ? whole(value) : value.toFixed(2);
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value === 100 || value < 99 ? figure(Number(value.toFixed(0))) : value.toFixed(2)} %`;
}
