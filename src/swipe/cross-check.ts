import type { ClearLine, ClearSwipe } from "./clear-swipe.ts";
import { badRequest, type Fault } from "./faults.ts";
import { MAX_CODES_A_LINE, MAX_CODES_A_SWIPE } from "./fields.ts";
import type { Outcome, Problem } from "./problem.ts";

/** DQ-01 (domain 6): rounding of the lines may leave 0.05 yuan between them and the total. */
const TOTAL_TOLERANCE_FEN = 5;

/** How the message calls the fields, so that a fault is named in the till's own words. */
export interface FieldNames {
  line(index: number): string;
  codes(index: number): string;
  readonly allCodes: string;
  readonly total: string;
}

/** What no single field can say: line ids are unique, trace codes are bounded, the lines add up. */
export function crossCheck(swipe: ClearSwipe, names: FieldNames): Outcome<ClearSwipe> {
  const faults = [...lineFaults(swipe.lines, names), ...codeFaults(swipe.lines, names)];
  if (faults.length > 0) return badRequest(faults);
  const problem = totalProblem(swipe, names);
  return problem === undefined ? { value: swipe } : { problem };
}

/** Places of ids that were there before. */
export function repeated(ids: readonly string[]): number[] {
  const places: number[] = [];
  if (ids.length < 2) return places;
  const seen = new Set<string>();
  for (let index = 0; index < ids.length; index += 1) {
    const id = ids[index] as string;
    if (seen.has(id)) places.push(index);
    seen.add(id);
  }
  return places;
}

function lineFaults(lines: readonly ClearLine[], names: FieldNames): Fault[] {
  return repeated(lines.map(({ line }) => line)).map((index) => ({
    path: names.line(index),
    reason: "is the id of an earlier line",
  }));
}

function codeFaults(lines: readonly ClearLine[], names: FieldNames): Fault[] {
  const faults: Fault[] = [];
  let all = 0;
  for (const [index, { traceCodes }] of lines.entries()) {
    all += traceCodes.length;
    if (traceCodes.length > MAX_CODES_A_LINE) {
      faults.push({
        path: names.codes(index),
        reason: `must be at most ${MAX_CODES_A_LINE} trace codes a line`,
      });
    }
  }
  if (all > MAX_CODES_A_SWIPE) {
    const reason = `must be at most ${MAX_CODES_A_SWIPE} trace codes a swipe`;
    faults.push({ path: names.allCodes, reason });
  }
  return faults;
}

function totalProblem({ lines, total }: ClearSwipe, names: FieldNames): Problem | undefined {
  const sum = lines.reduce((fen, { amount }) => fen + amount, 0);
  if (Math.abs(sum - total) <= TOTAL_TOLERANCE_FEN) return undefined;
  const reason = "differs from the sum of the lines by more than 0.05 yuan";
  return { code: "total_mismatch", paths: [{ path: names.total, reason }] };
}
