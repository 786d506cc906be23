import type { ShanghaiDay } from "../units.ts";
import type { LoadingRow } from "./loading.ts";

/**
 * When a row of a list holds: first and last Shanghai day, both included. Kept in 16 bits each
 * (up to the year 2149), so 0 and 65,535 stand for "open".
 */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const OPEN_FROM = 0;
export const OPEN_TO = 0xffff;

export function periodOf(from: ShanghaiDay | undefined, to: ShanghaiDay | undefined): Period {
  return { from: clamp(from ?? OPEN_FROM), to: clamp(to ?? OPEN_TO) };
}

/** The columns `from` and `to` of a row; undefined, and reported, where they name no period. */
export function readPeriod(
  fromText: string,
  toText: string,
  { read, report }: Pick<LoadingRow, "read" | "report">,
): Period | undefined {
  const from = read.day("from", fromText);
  const to = read.day("to", toText);
  const isWrong = (from === undefined && fromText !== "") || (to === undefined && toText !== "");
  if (isWrong) return undefined;
  if (from !== undefined && to !== undefined && from > to) {
    report("from is after to");
    return undefined;
  }
  return periodOf(from, to);
}

export function holds(period: Period, day: ShanghaiDay): boolean {
  return period.from <= day && (day <= period.to || period.to === OPEN_TO);
}

function clamp(day: ShanghaiDay): number {
  return Math.min(Math.max(day, OPEN_FROM), OPEN_TO);
}
