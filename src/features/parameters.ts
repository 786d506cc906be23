import { parseInstant } from "../swipe/calendar.ts";
import type { DurationMs, ShanghaiDay } from "../units.ts";
import { shanghaiDay } from "../units.ts";
import { parseDuration } from "./duration.ts";

/** What is wrong with a declared feature; `key` is the parameter at fault, absent for the whole. */
export interface DeclarationFault {
  readonly key?: string;
  readonly reason: string;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

const WORDS_MAX = 100;
const NAME = /^[\p{L}\d_-]{1,60}$/u;

/**
 * Reads a declaration's parameters and collects every fault, so that an analyst sees them all at once.
 * A parameter that could not be read yields a harmless value: a faulty declaration is never used.
 */
export class Parameters {
  readonly faults: DeclarationFault[] = [];
  readonly #declaration: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  constructor(declaration: Readonly<Record<string, unknown>>) {
    this.#declaration = declaration;
  }

  has(key: string): boolean {
    return this.#declaration[key] !== undefined;
  }

  duration(key: string, max: DurationMs): DurationMs {
    const value = parseDuration(this.#take(key));
    if (value !== undefined && value <= max) return value;
    return this.#fault(
      key,
      `${key} must be a duration such as 15s, 10m, 24h or 30d, and not above its limit`,
      1,
    );
  }

  number(key: string, range: Range): number {
    const value = this.#take(key);
    if (typeof value === "number" && value >= range.min && value <= range.max) return value;
    return this.#fault(key, `${key} must be a number from ${range.min} to ${range.max}`, range.min);
  }

  integer(key: string, range: Range): number {
    const value = this.number(key, range);
    if (Number.isInteger(value)) return value;
    return this.#fault(key, `${key} must be a whole number`, range.min);
  }

  word<T extends string>(key: string, words: readonly T[], fallback: T): T {
    const value = this.#take(key);
    const found = words.find((word) => word === value);
    return found ?? this.#fault(key, `${key} must be one of ${words.join(", ")}`, fallback);
  }

  text(key: string): string {
    const value = this.#take(key);
    if (typeof value === "string" && NAME.test(value)) return value;
    return this.#fault(key, `${key} must be 1 to 60 letters, digits, hyphens or underscores`, "");
  }

  words(key: string): ReadonlySet<string> {
    const value = this.#take(key);
    if (
      Array.isArray(value) &&
      value.length <= WORDS_MAX &&
      value.every((word) => typeof word === "string")
    ) {
      return new Set(value);
    }
    return this.#fault(
      key,
      `${key} must be a list of at most ${WORDS_MAX} texts in quotes`,
      new Set<string>(),
    );
  }

  /** A Shanghai day, written yyyy-MM-dd. */
  day(key: string): ShanghaiDay {
    const value = this.#take(key);
    const midnight =
      typeof value === "string" ? parseInstant(`${value}T00:00:00+08:00`) : undefined;
    if (midnight !== undefined) return shanghaiDay(midnight);
    return this.#fault(key, `${key} must be a day of the calendar such as 2026-01-01`, 0);
  }

  sentence(key: string): string {
    const value = this.#take(key);
    if (typeof value === "string" && value.trim() !== "") return value;
    return this.#fault(key, `${key} must be a sentence`, "");
  }

  record(key: string): Parameters {
    const value = this.#take(key);
    if (isRecord(value)) return new Parameters(value);
    return this.#fault(key, `${key} must be a map`, new Parameters({}));
  }

  /** Where a threshold comes from; every declaration that carries numbers of its own says it. */
  source(): void {
    const value = this.#take("source");
    if (typeof value !== "string" || value.trim() === "") {
      this.#fault("source", "source must say where the feature's thresholds come from", undefined);
    }
  }

  report(key: string, reason: string): void {
    this.#fault(key, reason, undefined);
  }

  /** Marks a key as known without reading it. */
  accept(key: string): void {
    this.#read.add(key);
  }

  /** Faults of keys that nothing has asked for. */
  finish(): void {
    for (const key of Object.keys(this.#declaration)) {
      if (!this.#read.has(key)) this.#fault(key, `unknown key ${key}`, undefined);
    }
  }

  #take(key: string): unknown {
    this.#read.add(key);
    return this.#declaration[key];
  }

  #fault<T>(key: string, reason: string, instead: T): T {
    this.faults.push({ key, reason });
    return instead;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
