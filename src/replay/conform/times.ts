import { type EpochMs, HOUR } from "../../units.ts";

/** China local time without offset, as NHSA's messages have it: yyyy-MM-dd HH:mm:ss. */
export function chinaTime(at: EpochMs): string {
  return new Date(at + 8 * HOUR).toISOString().slice(0, 19).replace("T", " ");
}

/** The same instant as the native bodies have it. */
export function rfc3339(at: EpochMs): string {
  return `${chinaTime(at).replace(" ", "T")}+08:00`;
}
