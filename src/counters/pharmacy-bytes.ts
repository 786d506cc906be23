/** A pharmacy code in 6 bytes. A letter and 11 digits (NHSA: P + 11 digits) fit exactly: 26 * 10^11 < 2^42. */
const EXACT_LENGTH = 12;
/** A code of another shape as the memory gave it back. */
const REMEMBERED = /^#[0-9a-z]{9,10}$/;
const DIGITS = 100_000_000_000;
const FOREIGN = 2 ** 47;
const A = 65;
const ZERO = 48;
const NOT_EXACT = -1;

/** Codes of another shape become a 47-bit hash with the top bit set: comparable, not readable. */
export function pharmacyNumber(code: string): number {
  const exact = exactNumber(code);
  if (exact !== NOT_EXACT) return exact;
  if (REMEMBERED.test(code)) return Number.parseInt(code.slice(1), 36);
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let i = 0; i < code.length; i++) {
    high = Math.imul(high ^ code.charCodeAt(i), 0x01000193);
    low = Math.imul(low ^ code.charCodeAt(i), 0x85ebca6b) + i;
  }
  return FOREIGN + (high >>> 17) * 2 ** 32 + (low >>> 0);
}

/** Digit by digit: with a pattern and `Number` it took 150 ns, so 40 (measured), and a check writes several. */
function exactNumber(code: string): number {
  const letter = code.charCodeAt(0) - A;
  if (code.length !== EXACT_LENGTH || letter < 0 || letter > 25) return NOT_EXACT;
  let digits = 0;
  for (let i = 1; i < EXACT_LENGTH; i += 1) {
    const digit = code.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return NOT_EXACT;
    digits = digits * 10 + digit;
  }
  return letter * DIGITS + digits;
}

export function pharmacyCode(value: number): string {
  if (value >= FOREIGN) return `#${value.toString(36)}`;
  const letter = Math.floor(value / DIGITS);
  return String.fromCharCode(A + letter) + String(value - letter * DIGITS).padStart(11, "0");
}

/** The code as the memory gives it back: equal codes stay equal, whatever their shape. */
export function rememberedPharmacy(code: string): string {
  return exactNumber(code) === NOT_EXACT ? pharmacyCode(pharmacyNumber(code)) : code;
}
