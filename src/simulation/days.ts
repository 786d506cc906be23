import { chinaLocalText } from "../swipe/calendar.ts";
import { DAY, type EpochMs, HOUR, type ShanghaiDay, shanghaiDay } from "../units.ts";

/** Days and times as a till writes them, China local. */

const SHANGHAI_OFFSET = 8 * HOUR;

/** Midnight in Shanghai. */
export function startOf(day: ShanghaiDay): EpochMs {
  return day * DAY - SHANGHAI_OFFSET;
}

/** `2026-11-21 10:15:30` */
export function localText(at: EpochMs): string {
  return chinaLocalText(at).slice(0, 19);
}

/** `2026-11-21T10:15:30+08:00`, with milliseconds where there are any. */
export function offsetText(at: EpochMs): string {
  const text = chinaLocalText(at);
  const end = at % 1_000 === 0 ? 19 : 23;
  return `${text.slice(0, 10)}T${text.slice(11, end)}+08:00`;
}

/** `2026-11-21` */
export function dateText(day: ShanghaiDay): string {
  return chinaLocalText(startOf(day)).slice(0, 10);
}

/** 1 to 12. */
export function monthOf(day: ShanghaiDay): number {
  return Number(dateText(day).slice(5, 7));
}

/** Monday is 1, Sunday 7: 1970-01-01 was a Thursday. */
export function weekdayOf(day: ShanghaiDay): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

export function dayOf(at: EpochMs): ShanghaiDay {
  return shanghaiDay(at);
}
