import { CLOCK_SLACK } from "../counters/limits.ts";
import type { DurationMs, EpochMs, ShanghaiDay } from "../units.ts";
import { DAY, shanghaiMidnight } from "../units.ts";
import type { Parameters } from "./parameters.ts";

/** The instant a swipe is judged at, and its Shanghai day. */
export interface Moment {
  readonly at: EpochMs;
  readonly day: ShanghaiDay;
}

/**
 * What a count looks back over: a sliding window, half-open `(at - window, at]`, or the calendar day of `at` in
 * Shanghai. Both reach five seconds past `at`, a day never past its own midnight (promise 4).
 */
export interface Span {
  /** The furthest it reaches back. */
  readonly width: DurationMs;
  readonly isDay: boolean;
}

export function slidingSpan(window: DurationMs): Span {
  return { width: window, isDay: false };
}

export const CALENDAR_DAY: Span = { width: DAY, isDay: true };

/** What happened at this instant is out. */
export function spanAfter({ width, isDay }: Span, { at, day }: Moment): EpochMs {
  return isDay ? shanghaiMidnight(day) - 1 : at - width;
}

/** What happened at this instant is the last that is in. */
export function spanUntil({ isDay }: Span, { at, day }: Moment): EpochMs {
  const until = at + CLOCK_SLACK;
  return isDay ? Math.min(until, shanghaiMidnight(day + 1) - 1) : until;
}

/** `window: 10m`, at most `max`, or `per: day`. */
export function readSpan(parameters: Parameters, max: DurationMs): Span {
  if (!parameters.has("per")) return slidingSpan(parameters.duration("window", max));
  parameters.word("per", ["day"], "day");
  if (parameters.has("window")) {
    parameters.duration("window", max);
    parameters.report("window", "a count has either a window or per: day");
  }
  return CALENDAR_DAY;
}
