import type { FeatureValue, Reading } from "../features/vector.ts";

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
const PLACE_OF: ReadonlyMap<FeatureValue, number> = new Map(
  COMMON.map((reading, place) => [typeof reading === "string" ? reading : reading.known, place]),
);
const ALONE = "ABCDEF";
/** Of each two common readings, the first times six and the second. */
const PAIRS = "0123456789abcdefghijklmnopqrstuvwxyz";

const TEXT = "'";
const END = ",";
const ESCAPED_END = "\\u002c";

export function keepReadings(row: readonly Reading[]): string {
  let text = "";
  for (let i = 0; i < row.length; i += 1) {
    const first = placeOf(row[i]);
    const second = first === undefined ? undefined : placeOf(row[i + 1]);
    if (first === undefined) text += wordOf(row[i]);
    else if (second === undefined) text += ALONE.charAt(first);
    else {
      text += PAIRS.charAt(first * COMMON.length + second);
      i += 1;
    }
  }
  return text;
}

function placeOf(reading: Reading | undefined): number | undefined {
  if (reading === undefined) return undefined;
  if (typeof reading === "string") return PLACE_OF.get(reading);
  // A text that reads like one of the words is a text.
  return typeof reading.known === "string" ? undefined : PLACE_OF.get(reading.known);
}

function wordOf(reading: Reading | undefined): string {
  if (reading === undefined || typeof reading === "string") return "";
  const { known } = reading;
  if (typeof known === "string") {
    const written = JSON.stringify(known).slice(1, -1).replaceAll(END, ESCAPED_END);
    return `${TEXT}${written}${END}`;
  }
  const number = String(known);
  return `${number.startsWith("-") ? "" : "+"}${number}${END}`;
}

export function readReadings(text: string): Reading[] {
  const row: Reading[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const common = commonAt(text.charAt(at));
    if (common !== undefined) row.push(...common);
    else {
      const end = text.indexOf(END, at);
      row.push(readWord(text.slice(at, end)));
      at = end;
    }
  }
  return row;
}

function commonAt(letter: string): readonly Reading[] | undefined {
  const pair = PAIRS.indexOf(letter);
  const places =
    pair < 0 ? [ALONE.indexOf(letter)] : [Math.floor(pair / COMMON.length), pair % COMMON.length];
  const readings = places.flatMap((place) => COMMON[place] ?? []);
  return readings.length === 0 ? undefined : readings;
}

function readWord(word: string): Reading {
  const isText = word.startsWith(TEXT);
  return { known: isText ? String(JSON.parse(`"${word.slice(1)}"`)) : Number(word) };
}
