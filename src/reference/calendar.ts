import type { ShanghaiDay } from "../units.ts";
import type { LoadingContext } from "./loading.ts";
import { loadRows } from "./loading.ts";
import type { Period } from "./periods.ts";
import { holds, readPeriod } from "./periods.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: ["name", "from", "to"],
  required: ["name", "from", "to"],
};
/** A century of holidays; every row is looked at once a day. */
const ROWS_MAX = 10_000;
/** Days whose periods are remembered: a window of 90 days and a replayed year. */
const DAYS_REMEMBERED_MAX = 1_000;

/** Which named periods are in force on a day, in the order of their names. */
export type Calendar = (day: ShanghaiDay) => readonly string[];

export const NO_CALENDAR: Calendar = () => NONE;
const NONE: readonly string[] = Object.freeze([]);

interface NamedPeriod {
  readonly name: string;
  readonly period: Period;
}

/** A period may come again: one row a year. Without an end it would be no period but a rule. */
export function* loadCalendar(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, Calendar> {
  const periods: NamedPeriod[] = [];
  yield* loadRows(file, SHAPE, context, (row) => {
    const { read } = row;
    const [n = "", from = "", to = ""] = row.values;
    const name = read.required("name", n, read.word("name", n));
    for (const [column, value] of [
      ["from", from],
      ["to", to],
    ] as const) {
      if (value === "") row.report(`${column} is empty`);
    }
    const period = readPeriod(from, to, row);
    if (name === undefined || period === undefined) return;
    if (periods.length === ROWS_MAX) row.report(`the calendar has more than ${ROWS_MAX} rows`);
    if (periods.length < ROWS_MAX) periods.push({ name, period });
  });
  return calendarOf(periods);
}

function calendarOf(periods: readonly NamedPeriod[]): Calendar {
  const known = new Map<ShanghaiDay, readonly string[]>();
  return (day) => {
    const kept = known.get(day);
    if (kept !== undefined) return kept;
    const names = periods.filter(({ period }) => holds(period, day)).map(({ name }) => name);
    const answer = Object.freeze([...new Set(names)].sort());
    if (known.size >= DAYS_REMEMBERED_MAX) known.clear();
    known.set(day, answer);
    return answer;
  };
}
