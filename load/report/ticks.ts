/** Values to write beside an axis. */
export interface Scale {
  readonly ticks: readonly number[];
  readonly isLogarithmic: boolean;
  /** Of a value between the axis' ends: 0 to 1. */
  at(value: number): number;
}

/** Below it an axis is linear, so that what is straight looks straight. */
const DECADES_FROM = 200;

/** From 0 to the next round value above all: lengths must be comparable by eye. */
export function linearScale(values: readonly number[], about = 5): Scale {
  const top = Math.max(...values, Number.MIN_VALUE);
  const step = roundStep(top / about);
  const count = Math.ceil(top / step - 1e-9);
  // Times a whole number, so that no tick is 0.30000000000000004.
  const ticks = Array.from({ length: count + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
  const end = ticks.at(-1) ?? top;
  return { ticks, isLogarithmic: false, at: (value) => value / end };
}

/** Logarithmic where positive values span decades, else linear; ticks are the values measured. */
export function spanScale(values: readonly number[]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const ticks = [...new Set(values)].sort((a, b) => a - b);
  if (low > 0 && high / low >= DECADES_FROM) {
    const span = Math.log(high / low);
    return { ticks, isLogarithmic: true, at: (value) => Math.log(value / low) / span };
  }
  const from = low > 0 && low === high ? 0 : low;
  return {
    ticks,
    isLogarithmic: false,
    at: (value) => (high === from ? 0.5 : (value - from) / (high - from)),
  };
}

/** 1, 2 or 5 times a power of ten, at least this much. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((times) => times * power >= least * 0.999) ?? 10;
  return step * power;
}
