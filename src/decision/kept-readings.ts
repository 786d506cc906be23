import type { Reading } from "../features/vector.ts";

/**
 * A row of readings as text, in as few characters as is cheap: a policy has more than a hundred features, most of which
 * say next to nothing of one swipe, and a city keeps a day of answers in memory. Two common readings are one character,
 * one alone is a capital; a number has its sign before it, a text an apostrophe, and both end with a comma.
 */
const COMMON: readonly Reading[] = [
  "absent",
  "missing",
  { known: true },
  { known: false },
  { known: 0 },
  { known: 1 },
];
const ALONE = "ABCDEF";
/** Of each two common readings, the first times six and the second. */
const PAIRS = "0123456789abcdefghijklmnopqrstuvwxyz";
/** What a letter stands for, by its code. Searching for each letter took two thirds of reading an answer (36 of 53 us). */
const OF_LETTER: readonly (readonly Reading[] | undefined)[] = lettersByCode();

const TEXT = "'";
const END = ",";
const ESCAPED_END = "\\u002c";
/** Written as it is: nothing in it that JSON escapes, and no end. */
const PLAIN = /^[\w .:;/+-]*$/;

function lettersByCode(): (readonly Reading[] | undefined)[] {
  const table = new Array<readonly Reading[] | undefined>(128).fill(undefined);
  COMMON.forEach((first, place) => {
    table[ALONE.charCodeAt(place)] = [first];
    COMMON.forEach((second, other) => {
      table[PAIRS.charCodeAt(place * COMMON.length + other)] = [first, second];
    });
  });
  return table;
}

/** Most rows take 50 to 100 characters; longer ones are put together of pieces. */
const PIECE = 512;
/** A text or a number up to this long goes into the piece; longer texts stand beside it. */
const WORD_MAX = 64;
const NONE = -1;
const PLUS = "+".charCodeAt(0);
const ZERO = "0".charCodeAt(0);
const COMMA = END.charCodeAt(0);
/** Whole numbers below this are written digit by digit, without a text of their own. */
const WHOLE_MAX = 1_000_000_000;

/** Writes rows into one piece of memory: grown as texts they took 6.6 KB a check, and take 1 so (measured). */
export class KeptRows {
  private readonly piece = Buffer.allocUnsafeSlow(PIECE + WORD_MAX);
  private length = 0;
  private text = "";

  keep(row: readonly Reading[]): string {
    this.text = "";
    this.length = 0;
    /** A common reading that waits for what comes after it. */
    let before = NONE;
    for (const reading of row) {
      const place = placeOf(reading);
      if (place !== NONE && before !== NONE) {
        this.piece[this.length++] = PAIRS.charCodeAt(before * COMMON.length + place);
        before = NONE;
      } else {
        this.keepAlone(before);
        if (place === NONE) this.keepWord(reading);
        before = place;
      }
      if (this.length >= PIECE - 1) this.keepPiece();
    }
    this.keepAlone(before);
    return this.text + this.piece.toString("latin1", 0, this.length);
  }

  private keepAlone(place: number): void {
    if (place !== NONE) this.piece[this.length++] = ALONE.charCodeAt(place);
  }

  private keepWord(reading: Reading): void {
    if (typeof reading === "string") return;
    const { known } = reading;
    if (typeof known === "string") this.keepText(known);
    else this.keepNumber(Number(known));
  }

  private keepNumber(value: number): void {
    if (Number.isInteger(value) && value > 0 && value < WHOLE_MAX) this.keepWhole(value);
    else this.keepCharacters((value < 0 ? "" : "+") + value + END);
  }

  private keepText(text: string): void {
    const isPlain = PLAIN.test(text);
    const word = TEXT + (isPlain ? text : escaped(text)) + END;
    if (isPlain && word.length <= WORD_MAX) this.keepCharacters(word);
    else {
      this.keepPiece();
      this.text += word;
    }
  }

  private keepWhole(whole: number): void {
    let width = 1;
    for (let over = 10; over <= whole; over *= 10) width += 1;
    this.piece[this.length] = PLUS;
    let at = this.length + 1 + width;
    this.piece[at] = COMMA;
    this.length = at + 1;
    for (let left = whole; left > 0; left = Math.floor(left / 10)) {
      at -= 1;
      this.piece[at] = ZERO + (left % 10);
    }
  }

  private keepCharacters(word: string): void {
    for (let at = 0; at < word.length; at += 1) this.piece[this.length++] = word.charCodeAt(at);
  }

  private keepPiece(): void {
    this.text += this.piece.toString("latin1", 0, this.length);
    this.length = 0;
  }
}

/** Where it stands among the common ones. A text that reads like one of the words is a text. */
function placeOf(reading: Reading): number {
  if (typeof reading === "string") return reading === "absent" ? 0 : 1;
  const { known } = reading;
  if (typeof known === "boolean") return known ? 2 : 3;
  if (known === 0) return 4;
  return known === 1 ? 5 : NONE;
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll(END, ESCAPED_END);
}

/** @throws RangeError: a word has no end, which only altered bytes have */
export function readReadings(text: string): Reading[] {
  const row: Reading[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const common = OF_LETTER[text.charCodeAt(at)];
    if (common !== undefined) row.push(...common);
    else {
      const end = text.indexOf(END, at);
      if (end < 0) throw new RangeError("GUARD_READINGS_CUT: a kept reading has no end");
      row.push(readWord(text.slice(at, end)));
      at = end;
    }
  }
  return row;
}

function readWord(word: string): Reading {
  if (!word.startsWith(TEXT)) return { known: Number(word) };
  const text = word.slice(1);
  return { known: PLAIN.test(text) ? text : String(JSON.parse(`"${text}"`)) };
}
