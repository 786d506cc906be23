/**
 * What is sent for a trace code and is the same on every box: the goods barcode (GTIN: EAN-8, UPC-A, EAN-13 or 14
 * digits), the number a medicine is approved under (药品本位码), a GS1 symbol with article, lot and date but no serial
 * number, and what is typed where there is no code. Two sales of one of these say nothing about the box.
 */

const GTIN = /^(?:\d{8}|\d{12,14})$/;
/** 86 is China, 9 a medicine; ten digits of its own and a check digit follow. */
const APPROVED = /^869\d{11}$/;
const GS1_ARTICLE = /^(?:\(01\)|01)\d{14}/;

/** A dash, 无, 0000…: no product and serial can be in three characters, nor in one that is repeated. */
const FILLER = /^(?:.{1,3}|(.)\1+)$/u;
const NATIONAL_DIGITS = /^8{20}$/;

/** GS1: ends a field that has no fixed length. */
export const GS1_SEPARATOR = "\u001d";
const SERIAL = "21";
const WRITTEN_SERIAL = "(21)";
const WRITTEN = /\(\d{2,4}\)/;
/** Fields of fixed length, which need no separator behind them: article, dates, variant. */
const FIXED_FIELD = /^(?:0[12]\d{14}|1[1-7]\d{6}|20\d{2})/;
/**
 * Where a scanner drops the separators, lot and serial run together. Serials are long and lots are short, so a lot
 * with 21 in it (B2107) is told from a lot with a serial behind it.
 */
const SERIAL_BEHIND = /^.{3,}?21.{6,}$/;

/** Whether it is plainly such a code; `scanned` still has GS1's brackets and separators where the scanner sends them. */
export function isGoodsBarcode(scanned: string): boolean {
  // Twenty times 8 has the national form, and by its form alone nothing is thrown away.
  if (FILLER.test(scanned)) return !NATIONAL_DIGITS.test(scanned);
  if (GTIN.test(scanned)) return APPROVED.test(scanned) || hasCheckDigit(scanned);
  return GS1_ARTICLE.test(scanned) && !hasSerial(scanned);
}

/** GTINs of every length end in a digit that makes the sum, weighed 3 and 1 from the right, a multiple of ten. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const fromRight = digits.length - 1 - place;
    sum += Number(digits[place]) * (fromRight % 2 === 1 ? 3 : 1);
  }
  return sum % 10 === 0;
}

function hasSerial(scanned: string): boolean {
  if (WRITTEN.test(scanned)) return scanned.includes(WRITTEN_SERIAL);
  const fields = scanned.split(GS1_SEPARATOR).filter((field) => field !== "");
  if (fields.some(endsInSerial)) return true;
  return fields.length === 1 && SERIAL_BEHIND.test(withoutFixedFields(scanned));
}

/** Fields up to a separator: any number of fixed length, then at most one that is not. */
function endsInSerial(fields: string): boolean {
  const last = withoutFixedFields(fields);
  return last.startsWith(SERIAL) && last.length > SERIAL.length;
}

function withoutFixedFields(fields: string): string {
  let rest = fields;
  for (let found = FIXED_FIELD.exec(rest); found !== null; found = FIXED_FIELD.exec(rest))
    rest = rest.slice(found[0].length);
  return rest;
}
