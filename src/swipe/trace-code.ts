/** National: the 20 digits of 码上放心. GS1: mostly imported medicines. Other: makers' own (domain 2.2). */
export type TraceShape = "national" | "gs1" | "other";

/** Verification platforms first drop what does not start with 8 or is not 20 digits (domain 2.2). */
const NATIONAL = /^8\d{19}$/;
/** A GTIN comes first in a GS1 element string: application identifier 01 and 14 digits. */
const GS1 = /^01\d{14}/;
const SYMBOLOGY = /^\](?:d2|Q3|C1)/;
const WRITTEN_IDENTIFIER = /\((\d{2,4})\)/g;
/** Also what has no width: it is not seen on a screen, and the box is the same. */
const SPACE_OR_CONTROL = /[\s\p{Cc}\p{Cf}]+/gu;
const PRODUCT_DIGITS = 7;

/**
 * The code as it is compared: scanners differ in whether they send the symbology prefix, group
 * separators and the brackets printed around identifiers, and one box must stay one box.
 */
export function normaliseTraceCode(code: string): string {
  // NFKC: a keyboard scanner under a Chinese input method sends full-width digits.
  const bare = code.normalize("NFKC").replace(SPACE_OR_CONTROL, "").replace(SYMBOLOGY, "");
  return bare.startsWith("(01)") ? bare.replace(WRITTEN_IDENTIFIER, "$1") : bare;
}

/** Only the shape can be judged: the last four check digits are not publicly computable (domain 2.2). */
export function traceShape(normalised: string): TraceShape {
  if (NATIONAL.test(normalised)) return "national";
  return GS1.test(normalised) ? "gs1" : "other";
}

/** The first 7 digits of a national code name product, specification and pack level; undefined for other kinds. */
export function traceProduct(normalised: string): string | undefined {
  return NATIONAL.test(normalised) ? normalised.slice(0, PRODUCT_DIGITS) : undefined;
}
