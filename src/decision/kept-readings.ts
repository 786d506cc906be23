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

export function keepReadings(row: readonly Reading[]): string {
  let text = "";
  /** A common reading that waits for what comes after it. */
  let before: number | undefined;
  for (const reading of row) {
    const place = placeOf(reading);
    if (place !== undefined && before !== undefined) {
      text += PAIRS.charAt(before * COMMON.length + place);
      before = undefined;
    } else {
      if (before !== undefined) text += ALONE.charAt(before);
      if (place === undefined) text += wordOf(reading);
      before = place;
    }
  }
  return before === undefined ? text : text + ALONE.charAt(before);
}

/** Where it stands among the common ones. A text that reads like one of the words is a text. */
function placeOf(reading: Reading): number | undefined {
  if (typeof reading === "string") return reading === "absent" ? 0 : 1;
  switch (reading.known) {
    case true:
      return 2;
    case false:
      return 3;
    case 0:
      return 4;
    case 1:
      return 5;
    default:
      return undefined;
  }
}

function wordOf(reading: Reading): string {
  if (typeof reading === "string") return "";
  const { known } = reading;
  if (typeof known === "string") return TEXT + writtenText(known) + END;
  const sign = Number(known) < 0 ? "" : "+";
  return sign + known + END;
}

function writtenText(text: string): string {
  if (PLAIN.test(text)) return text;
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
