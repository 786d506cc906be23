import { parseDuration } from "../features/duration.ts";
import type { DurationMs } from "../units.ts";
import type { MapReader } from "./map-reader.ts";

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly whole?: true;
}

/** A number of the file within its bounds; undefined with the fault said. */
export function readNumber(map: MapReader, key: string, bounds: NumberBounds): number | undefined {
  const entry = map.entry(key);
  if (entry === undefined) {
    map.fault(map.line, `${key} is missing`);
    return undefined;
  }
  const value = entry.value.form === "scalar" ? entry.value.value : undefined;
  const { min, max, whole } = bounds;
  const isNumber = typeof value === "number" && value >= min && value <= max;
  if (isNumber && (!whole || Number.isInteger(value))) return value;
  map.fault(entry.line, `${key} must be a ${whole ? "whole " : ""}number from ${min} to ${max}`);
  return undefined;
}

/** A span such as 15m or 30d, at most `max`; undefined with the fault said. */
export function readSpan(map: MapReader, key: string, max: DurationMs): DurationMs | undefined {
  const entry = map.entry(key);
  if (entry === undefined) {
    map.fault(map.line, `${key} is missing`);
    return undefined;
  }
  const span = parseDuration(entry.value.form === "scalar" ? entry.value.value : undefined);
  if (span !== undefined && span <= max) return span;
  map.fault(
    entry.line,
    `${key} must be a time such as 15m or 30d, at most ${max / 60_000} minutes`,
  );
  return undefined;
}
