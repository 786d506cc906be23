import type { DurationMs } from "../units.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../units.ts";

const FORM = /^([1-9]\d{0,5})(s|m|h|d)$/;
const UNITS: Readonly<Record<string, DurationMs>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** `15s`, `10m`, `24h`, `30d`: a whole number of one unit; undefined for anything else. */
export function parseDuration(text: unknown): DurationMs | undefined {
  if (typeof text !== "string") return undefined;
  const found = FORM.exec(text);
  const unit = UNITS[found?.[2] ?? ""];
  return found === null || unit === undefined ? undefined : Number(found[1]) * unit;
}
