import { z } from "zod";
import type { EpochMs } from "../../units.ts";
import { isCivilDate, parseChinaLocal, parseInstant } from "../calendar.ts";
import { type Decimal, decimalFault } from "../decimal.ts";

/**
 * The interface's fields as tills really send them: numbers as texts, codes as numbers, nothing as
 * an empty text. What the guard needs must have the right type; how it is written is the till's affair.
 */

const NO_CONTROL = /^\P{Cc}*$/u;
const TEXT = /^\P{Cc}*[^\s\p{Cc}]\P{Cc}*$/u;
const NUMERAL = /^ *\d{1,16}(?:\.\d{1,12})? *$/;
const NUMERAL_OR_EMPTY = /^ *(?:\d{1,16}(?:\.\d{1,12})?)? *$/;
const MAX_NUMERAL = 40;
const MAX_INTEGER_CODE = 999_999_999;
const COMPACT_DATE = /^(\d{4})(\d\d)(\d\d)$/;
const DATE_LENGTH = 10;

export type Written = string | number | boolean | null | undefined;

/** Needed text: identities stay texts, because a 20-digit number does not survive as a number. */
export function needed(max: number) {
  return z.string().min(1).max(max).regex(TEXT, "must be printable text and not blank");
}

/** Text that may be absent, null or empty. */
export function optional(max: number) {
  return z.string().max(max).regex(NO_CONTROL, "must be printable text").nullish();
}

/** A short code that some tills send as a number. */
export function neededCode(max: number) {
  return z.union(
    [needed(max), z.int().min(0).max(MAX_INTEGER_CODE)],
    `must be a code of at most ${max} characters`,
  );
}

export function optionalCode(max: number) {
  return z
    .union(
      [
        z.string().max(max).regex(NO_CONTROL, "must be printable text"),
        z.int().min(0).max(MAX_INTEGER_CODE),
      ],
      `must be a code of at most ${max} characters`,
    )
    .nullish();
}

export function optionalFlag() {
  return z
    .union([z.boolean(), z.string().max(5), z.int().min(0).max(9)], "must be 1 or 0")
    .nullish();
}

export function neededNumber(kind: Decimal) {
  return numeral(NUMERAL, kind);
}

/** A number that may be absent, null or an empty text. */
export function optionalNumber(kind: Decimal) {
  return numeral(NUMERAL_OR_EMPTY, kind).nullish();
}

function numeral(form: RegExp, kind: Decimal) {
  const reason = "must be a number or a numeral";
  return z
    .union([z.number(), z.string().max(MAX_NUMERAL).regex(form, reason)], reason)
    .refine((value) => numeralFault(value, kind) === undefined, {
      error: ({ input }) => numeralFault(input, kind),
    });
}

function numeralFault(value: unknown, kind: Decimal): string | undefined {
  const number = Number(value);
  return Number.isNaN(number) ? undefined : decimalFault(number, kind);
}

/** An NHSA time, China local; RFC 3339 where the till's own software adds it. */
export function neededTime() {
  return z
    .string()
    .max(40)
    .refine((value) => timeOf(value) !== undefined, "must be yyyy-MM-dd HH:mm:ss in China");
}

export function optionalTime() {
  return z
    .string()
    .max(40)
    .refine(
      (value) => value.trim() === "" || timeOf(value) !== undefined,
      "must be yyyy-MM-dd HH:mm:ss in China, or RFC 3339",
    )
    .nullish();
}

export function optionalDate() {
  return z
    .string()
    .max(40)
    .refine(
      (value) => value.trim() === "" || dateOf(value) !== undefined,
      "must be a day written yyyy-MM-dd",
    )
    .nullish();
}

/** A time, or a day alone where the till's builder knows no hour. */
export function optionalMoment() {
  return z
    .string()
    .max(40)
    .refine(
      (value) => value.trim() === "" || timeOf(value) !== undefined || dateOf(value) !== undefined,
      "must be yyyy-MM-dd HH:mm:ss in China, or a day",
    )
    .nullish();
}

export function timeOf(value: string): EpochMs | undefined {
  const written = value.trim();
  return parseChinaLocal(written) ?? parseInstant(written);
}

/** yyyy-MM-dd from a day, a day with a time, or eight digits. */
export function dateOf(value: string): string | undefined {
  const written = value.trim();
  const day =
    written.length < DATE_LENGTH
      ? written.replace(COMPACT_DATE, "$1-$2-$3")
      : written.slice(0, DATE_LENGTH);
  return isCivilDate(day) ? day : undefined;
}

/** What was said, trimmed; undefined for nothing. */
export function said(value: Written): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = typeof value === "string" ? value.trim() : String(value);
  return text === "" ? undefined : text;
}

/** 1 is yes, 0 is no (domain 1.5: trdn_flag, rx_flag); anything else says nothing. */
export function flagOf(value: Written): boolean | undefined {
  const text = said(value);
  if (text === "1" || text === "true") return true;
  return text === "0" || text === "false" ? false : undefined;
}

export function numberOf(value: Written): number | undefined {
  if (typeof value === "number") return value;
  const text = said(value);
  return text === undefined ? undefined : Number(text);
}
