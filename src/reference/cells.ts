import { parseInstant } from "../swipe/calendar.ts";
import type { Fen, ShanghaiDay } from "../units.ts";
import { shanghaiDay } from "../units.ts";

/** Reads the cells of one row. An empty cell is undefined; a wrong one too, and is reported. */
export interface CellReader {
  /** `pattern` says what is allowed, `form` says it in words. */
  text(column: string, value: string, pattern: RegExp, form: string): string | undefined;
  /** A name that programs go by, such as `hospital-gate`. */
  word(column: string, value: string): string | undefined;
  oneOf<T extends string>(column: string, value: string, allowed: readonly T[]): T | undefined;
  number(column: string, value: string, range: NumberRange): number | undefined;
  /** Yuan with at most two decimals, as 1/100 yuan. */
  money(column: string, value: string): Fen | undefined;
  /** `0` or `1`. */
  flag(column: string, value: string): boolean | undefined;
  /** `2026-11-21`, a day of the Shanghai calendar. */
  day(column: string, value: string): ShanghaiDay | undefined;
  /** `08:30` up to `24:00`, in minutes after midnight. */
  minutes(column: string, value: string): number | undefined;
  /** Reports an empty cell. */
  required<T>(column: string, value: string, read: T | undefined): T | undefined;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly decimals: number;
}

/** As the policy names kinds of pharmacies and periods of the calendar. */
const WORD = /^[\p{L}\d_-]{1,60}$/u;

/** Ten million yuan: more than any single pack costs. */
const MONEY_MAX: Fen = 1_000_000_000;

export function createCellReader(report: (reason: string) => void): CellReader {
  const refuse = (column: string, form: string): undefined => {
    report(`${column} must be ${form}`);
    return undefined;
  };
  const number = (column: string, value: string, range: NumberRange): number | undefined => {
    if (value === "") return undefined;
    const parts = /^-?\d{1,12}(?:\.(\d+))?$/.exec(value);
    const parsed = Number(value);
    const fits = parts !== null && (parts[1]?.length ?? 0) <= range.decimals;
    if (fits && parsed >= range.min && parsed <= range.max) return parsed;
    const kind =
      range.decimals === 0 ? "a whole number" : `a number with at most ${range.decimals} decimals`;
    return refuse(column, `${kind} from ${range.min} to ${range.max}`);
  };
  return {
    text(column, value, pattern, form) {
      if (value === "") return undefined;
      return pattern.test(value) ? value : refuse(column, form);
    },
    word(column, value) {
      if (value === "" || WORD.test(value)) return value || undefined;
      return refuse(column, "a word of at most 60 letters, digits, hyphens and underscores");
    },
    oneOf(column, value, allowed) {
      if (value === "") return undefined;
      return (
        allowed.find((word) => word === value) ?? refuse(column, `one of ${allowed.join(", ")}`)
      );
    },
    number,
    money(column, value) {
      const yuan = number(column, value, { min: 0, max: MONEY_MAX / 100, decimals: 2 });
      return yuan === undefined ? undefined : Math.round(yuan * 100);
    },
    flag(column, value) {
      if (value === "") return undefined;
      return value === "1" ? true : value === "0" ? false : refuse(column, "0 or 1");
    },
    day(column, value) {
      if (value === "") return undefined;
      return parseDay(value) ?? refuse(column, "a day written like 2026-11-21");
    },
    minutes(column, value) {
      if (value === "") return undefined;
      const parts = /^(\d{1,2}):([0-5]\d)$/.exec(value);
      const minutes = parts === null ? Number.NaN : Number(parts[1]) * 60 + Number(parts[2]);
      return minutes <= 24 * 60
        ? minutes
        : refuse(column, "a time written like 08:30, at most 24:00");
    },
    required(column, value, read) {
      if (value === "") report(`${column} is empty`);
      return read;
    },
  };
}

/** undefined for a day that no calendar has, such as 2026-02-30. */
function parseDay(value: string): ShanghaiDay | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const noon = parseInstant(`${value}T12:00:00+08:00`);
  return noon === undefined ? undefined : shanghaiDay(noon);
}
