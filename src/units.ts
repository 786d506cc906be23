/** The few words every room shares. Nothing here may import anything. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;
/** A length of time in milliseconds. */
export type DurationMs = number;
/** Money inside the guard: an integer of 1/100 yuan. */
export type Fen = number;
/** An amount of a drug: an integer of 1/10,000 pack (herbal slices: 1/10,000 gram). */
export type TenThousandths = number;
/** A Shanghai calendar day: floor((at + 8 h) / 24 h). */
export type ShanghaiDay = number;
/** Opaque bytes kept in a latin1 string, one character a byte: cheap to compare and to use as a map key. */
export type Bytes = string;

export const SECOND: DurationMs = 1_000;
export const MINUTE: DurationMs = 60 * SECOND;
export const HOUR: DurationMs = 60 * MINUTE;
export const DAY: DurationMs = 24 * HOUR;

/** China keeps UTC+8 all year (no daylight saving since 1991), so days need no time-zone data. */
const SHANGHAI_OFFSET: DurationMs = 8 * HOUR;

export function shanghaiDay(at: EpochMs): ShanghaiDay {
  return Math.floor((at + SHANGHAI_OFFSET) / DAY);
}

/** The first instant of a Shanghai day. */
export function shanghaiMidnight(day: ShanghaiDay): EpochMs {
  return day * DAY - SHANGHAI_OFFSET;
}

/** Where the time comes from: the machine, a replay line, or a test. */
export interface Clock {
  now(): EpochMs;
}

/** Where waiting comes from. `after` returns the way to call it off. */
export interface Timers {
  after(delay: DurationMs, run: () => void): () => void;
}

/** A fact for operators. Fields never name a person, a credential, a prescription or a trace code. */
export interface Notice {
  readonly kind: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
  /** One sentence for the log; absent when the notice is only counted. */
  readonly message?: string;
  readonly level?: "info" | "warn" | "error";
}

/** Who is told about what happens inside; telemetry subscribes to it in wire. */
export interface Observer {
  notice(notice: Notice): void;
}

export const SILENT: Observer = { notice: () => undefined };
