import type { LocalTexts } from "./local-texts.ts";

/**
 * A prepared body is the JSON a till would send, with slots where each sale differs: a kind and a value
 * between two characters of the private use area, which no body has.
 */
export type SlotKind = keyof typeof FILLS;

/** What the slots of one shot are filled from. */
export interface Filling {
  readonly swipeId: string;
  /** ms since 1970 */
  readonly at: number;
  /** Which copy of the city's persons and goods, 0 to 999. */
  readonly pass: number;
  /** First letter of the pharmacy's code: which copy of the city's pharmacies. */
  readonly letter: string;
  /** Another person's number in place of the body's own. */
  readonly person: string | undefined;
  readonly texts: LocalTexts;
}

const OPEN = "\ue000";
const CLOSE = "\ue001";
const PARTS = new RegExp(`${OPEN}(.*?)${CLOSE}`);

/** What a slot's value becomes in one shot. */
const FILLS = {
  swipeId: (_value: string, { swipeId }: Filling) => swipeId,
  /** An invoice number as the city's tills make it: the end of the swipe's id. */
  invoice: (_value: string, { swipeId }: Filling) => swipeId.slice(-20),
  /** Values of times are seconds after the check. */
  nativeTime: (value: string, { at, texts }: Filling) =>
    `${texts.local(at, Number(value), "T")}+08:00`,
  nhsaTime: (value: string, { at, texts }: Filling) => texts.local(at, Number(value), " "),
  compactDay: (_value: string, { at, texts }: Filling) => texts.compact(at).slice(0, 8),
  pharmacy: (value: string, { letter }: Filling) => letter + value.slice(1),
  device: (value: string, { letter }: Filling) => value + letter,
  person: (value: string, { pass, person }: Filling) => person ?? clonePerson(value, pass),
  idNumber: (value: string, { pass }: Filling) => cloneIdNumber(value, pass),
  /** A card: of the person, if another person is put in. */
  card: (value: string, { pass, person }: Filling) =>
    person === undefined ? cloneId(value, pass) : value.slice(0, 2) + person.slice(-10),
  /** Tokens, prescriptions, proxies: fresh with each copy. */
  id: (value: string, { pass }: Filling) => cloneId(value, pass),
  traceCode: (value: string, { pass }: Filling) => cloneTraceCode(value, pass),
} as const;

export function slot(kind: SlotKind, value = ""): string {
  return `${OPEN}${kind}:${value}${CLOSE}`;
}

/** What a slot was made from; the text itself where it is none. */
export function slotValue(text: string): string {
  const inner = PARTS.exec(text)?.[1];
  return inner === undefined ? text : inner.slice(inner.indexOf(":") + 1);
}

/** A body ready to be filled. */
export class Template {
  readonly #texts: readonly string[];
  readonly #fills: readonly ((filling: Filling) => string)[];

  constructor(marked: string) {
    const parts = marked.split(PARTS);
    this.#texts = parts.filter((_, index) => index % 2 === 0);
    this.#fills = parts.filter((_, index) => index % 2 === 1).map(fillOf);
  }

  fill(filling: Filling): string {
    let text = this.#texts[0] ?? "";
    for (let i = 0; i < this.#fills.length; i += 1)
      text += (this.#fills[i]?.(filling) ?? "") + (this.#texts[i + 1] ?? "");
    return text;
  }
}

function fillOf(inner: string): (filling: Filling) => string {
  const colon = inner.indexOf(":");
  const fill = FILLS[inner.slice(0, colon) as SlotKind];
  const value = inner.slice(colon + 1);
  return (filling) => fill(value, filling);
}

const PASSES = 1_000;

/** Twenty digits with the copy's number where the city has noughts. */
export function clonePerson(number: string, pass: number): string {
  return number.slice(0, 6) + String(pass).padStart(4, "0") + number.slice(10);
}

export function cloneId(id: string, pass: number): string {
  return id + pass.toString(36).padStart(2, "0");
}

/** The last three of the digits that the city drew at random. */
export function cloneTraceCode(code: string, pass: number): string {
  const end = (Number(code.slice(-3)) + pass) % PASSES;
  return code.slice(0, -3) + String(end).padStart(3, "0");
}

/** ISO 7064 MOD 11-2. */
const WEIGHTS = [7, 9, 10, 5, 8] as const;
const CHECKS = "10X98765432";

/**
 * The copy's number in place of the home's prefecture, and the check character moved by as much as those
 * digits move it: a right number stays right, a forged one forged.
 */
export function cloneIdNumber(number: string, pass: number): string {
  if (!/^\d{17}[\dX]$/.test(number)) return cloneId(number, pass);
  const digits = String(pass % PASSES).padStart(3, "0");
  let moved = CHECKS.indexOf(number.slice(17));
  for (let i = 0; i < digits.length; i += 1)
    moved += (WEIGHTS[i + 1] ?? 0) * (Number(digits[i]) - Number(number[i + 1]));
  const check = CHECKS[((moved % CHECKS.length) + CHECKS.length) % CHECKS.length];
  return number.slice(0, 1) + digits + number.slice(4, 17) + check;
}
