import type { Fen, TenThousandths } from "../units.ts";

/** Counters keep money and quantities in 32 bits: 42,949,672.95 yuan, 429,496.7295 packs. */
const MAX_UINT32 = 4_294_967_295;

/** One kind of decimal number of the interface and the integer it becomes. */
export interface Decimal {
  readonly scale: number;
  /** Largest integer it may become. */
  readonly max: number;
  /** What to say when there are more decimals, without the number itself. */
  readonly tooFine: string;
  readonly outOfRange: string;
}

export const YUAN: Decimal = {
  scale: 100,
  max: MAX_UINT32,
  tooFine: "must be yuan with at most 2 decimals",
  outOfRange: "must be between 0 and 42949672.95 yuan",
};

/** The interface types a price n(16,6); its bound is that of an amount. */
export const UNIT_PRICE: Decimal = {
  scale: 1_000_000,
  max: 42_949_672_950_000,
  tooFine: "must be yuan with at most 6 decimals",
  outOfRange: "must be between 0 and 42949672.95 yuan",
};

export const QUANTITY: Decimal = {
  scale: 10_000,
  max: MAX_UINT32,
  tooFine: "must have at most 4 decimals",
  outOfRange: "must be between 0 and 429496.7295",
};

/**
 * How far a number may lie from the decimal it stands for: a few units in the last place, what sums
 * in binary floating point leave behind (0.1 + 0.2), and far less than half of the last decimal.
 */
const TOLERANCE = 16 * Number.EPSILON;

/** Why a number is not such a decimal; undefined when it is one. */
export function decimalFault(value: number, kind: Decimal): string | undefined {
  const scaled = toInteger(value, kind);
  if (value < 0 || scaled > kind.max) return kind.outOfRange;
  const drift = Math.abs(value - scaled / kind.scale);
  return drift <= TOLERANCE * Math.max(1, Math.abs(value)) ? undefined : kind.tooFine;
}

/** The integer a checked decimal stands for; the added zero turns -0 into 0. */
export function toInteger(value: number, kind: Decimal): number {
  return Math.round(value * kind.scale) + 0;
}

export function toFen(yuan: number): Fen {
  return toInteger(yuan, YUAN);
}

export function toTenThousandths(quantity: number): TenThousandths {
  return toInteger(quantity, QUANTITY);
}

/** Fen as yuan for the outside: the nearest double to the two-decimal number. */
export function toYuan(fen: Fen): number {
  return fen / YUAN.scale;
}
