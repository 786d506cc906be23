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
  /** What happened at this instant is out. */
  after(moment: Moment): EpochMs;
  /** What happened at this instant is the last that is in. */
  until(moment: Moment): EpochMs;
}

export function slidingSpan(window: DurationMs): Span {
  return {
    width: window,
    after: ({ at }) => at - window,
    until: ({ at }) => at + CLOCK_SLACK,
  };
}

export const CALENDAR_DAY: Span = Object.freeze({
  width: DAY,
  after: ({ day }: Moment) => shanghaiMidnight(day) - 1,
  until: ({ at, day }: Moment) => Math.min(at + CLOCK_SLACK, shanghaiMidnight(day + 1) - 1),
});

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
