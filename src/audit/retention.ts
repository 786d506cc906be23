import { DAY, type EpochMs } from "../units.ts";

/** The part of the limit at which what Kafka has not acknowledged makes the instance unready. */
export const FULL_AT = 0.8;

/** A segment that takes no more records. */
export interface ClosedSegment {
  readonly first: number;
  readonly bytes: number;
  readonly writtenAt: EpochMs;
}

export interface RetentionLimits {
  readonly maxBytes: number;
  readonly maxDays: number;
}

/** Why the oldest segment has to go; undefined where it may stay. */
export function reasonToTrim(
  oldest: ClosedSegment,
  totalBytes: number,
  limits: RetentionLimits,
  now: EpochMs,
): "size" | "age" | undefined {
  if (totalBytes > limits.maxBytes) return "size";
  return now - oldest.writtenAt > limits.maxDays * DAY ? "age" : undefined;
}

/** Segments of which nothing is owed to Kafka any more: all their records are below `acknowledged`. */
export function mayGo(
  segment: ClosedSegment,
  nextFirst: number,
  acknowledged: number | undefined,
): boolean {
  return acknowledged === undefined || (segment.first < nextFirst && nextFirst <= acknowledged);
}
