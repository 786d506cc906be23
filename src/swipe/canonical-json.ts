/** Deeper than any message of the contract, and far from the end of the stack. */
export const MAX_JSON_DEPTH = 32;

/**
 * The one text of a JSON value, however its keys were ordered: object keys sorted by code unit
 * (as RFC 8785), no white space, `undefined` left out. Two bodies are the same content exactly
 * when these texts are equal. Throws a RangeError beyond `MAX_JSON_DEPTH` levels.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** True when the value nests deeper than `MAX_JSON_DEPTH`; for what a schema lets through unread. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth >= MAX_JSON_DEPTH) return true;
  for (const child of Object.values(value)) {
    if (isTooDeep(child, depth + 1)) return true;
  }
  return false;
}

function write(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (depth >= MAX_JSON_DEPTH) {
    throw new RangeError("GUARD_SWIPE_TOO_DEEP: the JSON nests deeper than 32 levels; flatten it.");
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  return `{${members(value as Record<string, unknown>, depth).join(",")}}`;
}

function members(object: Record<string, unknown>, depth: number): string[] {
  const written: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value !== undefined) written.push(`${JSON.stringify(key)}:${write(value, depth + 1)}`);
  }
  return written;
}
