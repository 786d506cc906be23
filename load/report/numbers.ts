/** A number as it stands in a table: three figures that matter, thousands apart. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const places = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: 0, maximumFractionDigits: places });
}

const LARGE = [
  { from: 1e12, name: "tn" },
  { from: 1e9, name: "bn" },
  { from: 1e6, name: "m" },
] as const;

/** Millions and more in words: 72 m, 1.4 bn. */
export function large(value: number): string {
  const unit = LARGE.find(({ from }) => value >= from);
  return unit === undefined ? figure(value) : `${figure(value / unit.from)} ${unit.name}`;
}

const SIZES = [
  { from: 1e15, name: "PB" },
  { from: 1e12, name: "TB" },
  { from: 1e9, name: "GB" },
  { from: 1e6, name: "MB" },
  { from: 1e3, name: "KB" },
] as const;

/** Decimal sizes, as disks are sold. */
export function size(bytes: number): string {
  const unit = SIZES.find(({ from }) => bytes >= from);
  return unit === undefined ? `${figure(bytes)} B` : `${figure(bytes / unit.from)} ${unit.name}`;
}

/** As beside an axis: 10, 500, 20k, 5M. */
export function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}
