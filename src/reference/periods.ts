import type { ShanghaiDay } from "../units.ts";

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

export function holds(period: Period, day: ShanghaiDay): boolean {
  return period.from <= day && (day <= period.to || period.to === OPEN_TO);
}

function clamp(day: ShanghaiDay): number {
  return Math.min(Math.max(day, OPEN_FROM), OPEN_TO);
}
