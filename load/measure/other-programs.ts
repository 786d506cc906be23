import { readdirSync, readFileSync } from "node:fs";
import { parseCpuUs } from "./machine-time.ts";

/** CPU that each process of the machine, the kernel's threads too, used so far, µs, by pid. */
export type ProcessTimes = ReadonlyMap<number, ProcessTime>;

export interface ProcessTime {
  readonly name: string;
  readonly cpuUs: number;
}

export function readProcessTimes(): ProcessTimes {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return new Map(pids.flatMap((pid) => timeOf(pid)));
}

/** Nothing of one that ended meanwhile. */
function timeOf(pid: number): readonly (readonly [number, ProcessTime])[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    return [[pid, { name, cpuUs: parseCpuUs(stat) }]];
  } catch {
    return [];
  }
}

/** The one that used most between two readings and is none of `ours`; what ended before the second is not seen. */
export function busiest(
  before: ProcessTimes,
  after: ProcessTimes,
  ours: readonly number[],
): ProcessTime | undefined {
  let most: ProcessTime | undefined;
  for (const [pid, { name, cpuUs }] of after) {
    const used = cpuUs - (before.get(pid)?.cpuUs ?? 0);
    if (!ours.includes(pid) && used > (most?.cpuUs ?? 0)) most = { name, cpuUs: used };
  }
  return most;
}
