import { readFileSync } from "node:fs";

/** Ticks of /proc/stat since the machine started, all cores together. */
export interface MachineTime {
  readonly stolen: number;
  readonly total: number;
  /** Neither idle nor waiting for a disk nor stolen. */
  readonly busy: number;
}

/** Ticks a second of /proc: 100 on every Linux (USER_HZ is part of the kernel's promise to programs). */
const TICKS_PER_SECOND = 100;
/** user, nice, system, idle, iowait, irq, softirq, steal; what follows is already counted in user and nice. */
const FIELDS = 8;

export function readMachineTime(): MachineTime {
  return parseMachineTime(readFileSync("/proc/stat", "utf8"));
}

export function parseMachineTime(text: string): MachineTime {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  if (line === undefined) throw new Error("/proc/stat has no line of all cores");
  const ticks = line.split(" ").slice(0, FIELDS).map(Number);
  const [, , , idle = 0, waiting = 0, , , stolen = 0] = ticks;
  const total = ticks.reduce((sum, each) => sum + each, 0);
  return { stolen, total, busy: total - idle - waiting - stolen };
}

/** Share of the machine's time that its host gave to others between two readings, 0 to 1. */
export function stolenShare(before: MachineTime, after: MachineTime): number {
  const total = after.total - before.total;
  return total > 0 ? (after.stolen - before.stolen) / total : 0;
}

/** CPU that all processes of the machine used between two readings, µs. */
export function busyUs(before: MachineTime, after: MachineTime): number {
  return ((after.busy - before.busy) * 1e6) / TICKS_PER_SECOND;
}

/**
 * CPU that processes used so far, all their threads, in µs, to 10 ms. schedstat is finer but forgets threads that
 * ended; over the seconds of a run the tick is less than 0.5 %.
 */
export function cpuUsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + parseCpuUs(readFileSync(`/proc/${pid}/stat`, "utf8")), 0);
}

export function parseCpuUs(stat: string): number {
  // The name, in brackets, may itself have blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
}
