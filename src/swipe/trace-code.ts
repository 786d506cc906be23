import { GS1_SEPARATOR, isGoodsBarcode } from "./goods-barcode.ts";

/**
 * National: the 20 digits of 码上放心. GS1: mostly imported medicines. Maker: numbers of makers' own. Goods: a barcode that
 * is the same on every box, or a filler, and so tells none apart. Other: none of the three kinds that are in use (domain 2.2).
 */
export type TraceShape = "national" | "gs1" | "maker" | "goods" | "other";

/** Verification platforms first drop what does not start with 8 or is not 20 digits (domain 2.2). */
const NATIONAL = /^8\d{19}$/;
/** A GTIN comes first in a GS1 element string: application identifier 01 and 14 digits. */
const GS1 = /^01\d{14}/;
/**
 * Makers' own codes are numbers. A number of up to 14 digits is an article's (GTIN): it has no room for a serial. Twenty
 * digits, or a leading 8, are the national form read wrongly.
 */
const MAKER = /^(?!8)(?:\d{15,19}|\d{21,})$/;
const SYMBOLOGY = /^\](?:d2|Q3|C1)/;
const WRITTEN_IDENTIFIER = /\((\d{2,4})\)/g;
/** Also what has no width: it is not seen on a screen, and the box is the same. */
const SPACE_OR_CONTROL = /[\s\p{Cc}\p{Cf}]+/gu;
const OUTER = /^[\s\p{Cc}\p{Cf}]+|[\s\p{Cc}\p{Cf}]+$/gu;
const PRODUCT_DIGITS = 7;

/** Nothing a scanner adds, and one writing only: nearly every code. The rewritings below cost 1 us a code. */
const BARE = /^[0-9A-Za-z]+$/;

/**
 * The code as it is compared: scanners differ in whether they send the symbology prefix, group
 * separators and the brackets printed around identifiers, and one box must stay one box.
 */
export function normaliseTraceCode(code: string): string {
  if (BARE.test(code)) return code;
  const bare = widthless(code).replace(SPACE_OR_CONTROL, "").replace(SYMBOLOGY, "");
  return bare.startsWith("(01)") ? bare.replace(WRITTEN_IDENTIFIER, "$1") : bare;
}

/** NFKC: a keyboard scanner under a Chinese input method sends full-width digits. */
function widthless(code: string): string {
  return code.normalize("NFKC");
}

/** As scanned: brackets and separators still tell where GS1's fields end. */
function withFields(code: string): string {
  const fields = widthless(code).replace(OUTER, "").split(GS1_SEPARATOR);
  const bare = fields.map((field) => field.replace(SPACE_OR_CONTROL, ""));
  return bare.join(GS1_SEPARATOR).replace(SYMBOLOGY, "");
}

/** Only the shape can be judged: the last four check digits are not publicly computable (domain 2.2). */
export function traceShape(code: string): TraceShape {
  // None of the goods barcodes has this form.
  if (NATIONAL.test(code)) return "national";
  if (isGoodsBarcode(withFields(code))) return "goods";
  const normalised = normaliseTraceCode(code);
  if (NATIONAL.test(normalised)) return "national";
  if (GS1.test(normalised)) return "gs1";
  return MAKER.test(normalised) ? "maker" : "other";
}

/**
 * The first 7 digits of a national code name product, specification and pack level; makers' own codes begin with what
 * their maker made of it. Undefined for other kinds.
 */
export function traceProduct(code: string, shape = traceShape(code)): string | undefined {
  if (shape !== "national" && shape !== "maker") return undefined;
  return normaliseTraceCode(code).slice(0, PRODUCT_DIGITS);
}
