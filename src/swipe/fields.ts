import { z } from "zod";
import { CIVIL_DATE, INSTANT, isCivilDate, parseInstant } from "./calendar.ts";
import { type Decimal, decimalFault, QUANTITY, UNIT_PRICE, YUAN } from "./decimal.ts";

/** The words from which the bodies of the contract are built. All are bounded. */

export const SWIPE_ID = /^[A-Za-z0-9._-]{8,64}$/;
export const MAX_LINES = 200;
export const MAX_CODES_A_LINE = 100;
export const MAX_CODES_A_SWIPE = 300;
export const MAX_TRACE_CODE = 100;

/** Printable and not blank. Control characters out: a blank or split value would bind strangers together. */
const TEXT = /^\P{Cc}*[^\s\p{Cc}]\P{Cc}*$/u;
const VISIBLE = /[^\s\p{Cc}]/u;
const CODE = /^[A-Za-z0-9._-]+$/;
const AREA = /^\d{4,12}$/;
/** Seven digits in a row are a telephone, an identity or a card, never a code of ours. */
const OVERRIDE_CODE = /^(?!.*\d{7})[A-Z0-9_]{1,40}$/;

const SWIPE_ID_REASON = "must be 8 to 64 letters, digits, dots, underscores or hyphens";

export function text(max: number) {
  return z.string().min(1).max(max).regex(TEXT, "must be printable text and not blank");
}

/** A short code that is kept in clear: no room for a sentence, a name or a separator. */
export function code(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(CODE, "must be letters, digits, dots, underscores or hyphens");
}

export function swipeId() {
  return z.string().regex(SWIPE_ID, SWIPE_ID_REASON);
}

export function reversalId() {
  return code(64);
}

/** Administrative division; six digits in NHSA's interface, local builds send townships too. */
export function area() {
  return z.string().regex(AREA, "must be 4 to 12 digits of an administrative division");
}

/** No free text here, so that no number of a person slips in (domain 7). */
export function overrideCode() {
  return z
    .string()
    .regex(
      OVERRIDE_CODE,
      "must be 1 to 40 capitals, digits or underscores, at most six digits in a row",
    );
}

/** GS1 codes hold a group separator (a control character), so only blank ones are refused. */
export function traceCode() {
  return z.string().min(1).max(MAX_TRACE_CODE).regex(VISIBLE, "must not be blank");
}

export function instant() {
  return z
    .string()
    .max(40)
    .regex(INSTANT, "must be RFC 3339 with an offset")
    .refine((value) => parseInstant(value) !== undefined, "must name a day that exists");
}

export function civilDate() {
  return z
    .string()
    .max(10)
    .regex(CIVIL_DATE, "must be yyyy-MM-dd")
    .refine(isCivilDate, "must name a day that exists");
}

/** A decimal as a JSON number. Its decimals are tested here, so that turning it into an integer cannot fail. */
export function decimal(kind: Decimal) {
  return z
    .number()
    .min(0)
    .max(kind.max / kind.scale)
    .refine((value) => decimalFault(value, kind) === undefined, {
      error: ({ input }) => decimalFault(Number(input), kind),
    });
}

export function yuan() {
  return decimal(YUAN);
}

export function unitPrice() {
  return decimal(UNIT_PRICE);
}

export function quantity() {
  return decimal(QUANTITY);
}

/** What is sold or brought back is more than nothing: 1/10,000 at least. */
export function someQuantity() {
  return quantity().min(1 / QUANTITY.scale);
}
