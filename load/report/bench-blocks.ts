import type { MachineFacts } from "../measure/machine-facts.ts";
import type { MeasuredRun } from "../measure/measure.ts";
import type { Results } from "../measure/results.ts";
import { table } from "./markdown.ts";
import { figure } from "./numbers.ts";

type Column = readonly [head: string, cell: (run: MeasuredRun) => string];

const WHO: readonly Column[] = [
  ["", ({ subject }) => subject],
  ["load", ({ load }) => load],
];

const SPEED: readonly Column[] = [
  ["swipes/s", ({ perSecond }) => whole(perSecond)],
  ["p50, ms", ({ p50 }) => ms(p50)],
  ["p99", ({ p99 }) => ms(p99)],
  ["p99.9", ({ p999 }) => ms(p999)],
  ["max", ({ max }) => ms(max)],
  ["in 50 ms", ({ inTime }) => percent(inTime)],
  ["full", ({ fullShare }) => (fullShare === undefined ? "–" : percent(fullShare))],
  [
    "loop delay p99, ms",
    ({ loopDelayP99 }) => (loopDelayP99 === undefined ? "–" : ms(loopDelayP99)),
  ],
  ["stolen", ({ stolen }) => `${(100 * stolen).toFixed(1)} %`],
];

const COST: readonly Column[] = [
  ["CPU, µs", ({ cpuUs }) => whole(cpuUs)],
  ["CPU of Redis, µs", ({ redisCpuUs }) => whole(redisCpuUs)],
  ["commands", ({ redisCommands }) => redisCommands.toFixed(2)],
  ["in them, µs", ({ redisUs }) => whole(redisUs)],
  ["bytes to Redis", ({ bytesIn }) => whole(bytesIn)],
  ["bytes back", ({ bytesOut }) => whole(bytesOut)],
  ["journal, bytes", ({ journalBytes }) => whole(journalBytes)],
];

/** Medians of the runs: first how fast, then at what cost. */
export function resultTable({ rows, machine, workload }: Results): string {
  const shares = `${figure(workload.lines)} lines and ${figure(workload.codes)} trace codes a swipe, ${percent(workload.nhsaShare)} NHSA messages, ${percent(workload.settledShare)} settled, ${percent(workload.inquiryShare)} inquiries`;
  return [
    `${machineText(machine)} The traffic: ${shares}.`,
    columnsOf(rows, [...WHO, ...SPEED]),
    "What it costs, a swipe with its settlement:",
    columnsOf(rows, [...WHO, ...COST]),
  ].join("\n\n");
}

function columnsOf(rows: readonly MeasuredRun[], columns: readonly Column[]): string {
  return table(
    columns.map(([head]) => head),
    rows.map((run) => columns.map(([, cell]) => cell(run))),
  );
}

/** The ratios to reach, with what was reached. */
export function targetTable({ targets }: Results): string {
  const rows = targets.map(({ what, value, limit, must, met }) => [
    what,
    `${must === "atLeast" ? "at least" : "at most"} ${figure(limit)}`,
    value === undefined ? "–" : figure(value),
    met === undefined ? "not judged: too much time was stolen" : met ? "reached" : "**missed**",
  ]);
  return table(["", "to reach", "measured", ""], rows);
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
