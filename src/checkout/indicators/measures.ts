import type { Indicator, LeastVolume, Measure } from "../../rules/indicators.ts";
import type { Fen, ShanghaiDay } from "../../units.ts";
import { type DaySums, personsMarked, WEEK, type WeekShares } from "./page.ts";

/** Of one pharmacy, or of several together. */
export interface Pages {
  readonly days: readonly DaySums[];
  readonly weeks: readonly WeekShares[];
}

/** What a measure gave, and the numbers it rests on. */
export interface Measured {
  readonly value: number;
  readonly evidence: Readonly<Record<string, number | string>>;
}

const FEN_A_YUAN = 100;
/** One percent of the persons: the share AG-06 speaks of. */
const TOP_PART = 0.01;

type Sums = Omit<DaySums, "day">;
type Take = (
  pages: Pages,
  day: ShanghaiDay,
  indicator: Indicator,
  /** The maker that is compared; a pharmacy's own largest one where none is named. */
  maker?: string,
) => Measured | undefined;

/** Undefined where there is too little to speak of. */
export function measure(
  indicator: Indicator,
  pages: Pages,
  day: ShanghaiDay,
  maker?: string,
): Measured | undefined {
  return MEASURED[indicator.measure](pages, day, indicator, maker);
}

const MEASURED: Readonly<Record<Measure, Take>> = {
  averageTicketGrowth: (pages, day, { days, least }) =>
    growth(pages, day, days, least, ({ total, sales }) => total / sales / FEN_A_YUAN),
  fundGrowth: (pages, day, { days, least }) =>
    growth(pages, day, days, least, ({ fund, back }) => (fund - back) / FEN_A_YUAN),
  ticketVariation: (pages, day, { days, least }) => {
    const { sales, total, squares } = sumOf(pages, day, days);
    if (sales < atLeast(least.sales) || total === 0) return undefined;
    const mean = total / sales / FEN_A_YUAN;
    const variance = Math.max(0, squares / sales - mean * mean);
    return { value: Math.sqrt(variance) / mean, evidence: { sales, mean: cents(mean) } };
  },
  accountOnlyShare: (pages, day, { days, least }) => {
    const { funded, accountOnly } = sumOf(pages, day, days);
    if (funded < atLeast(least.sales)) return undefined;
    return { value: accountOnly / funded, evidence: { sales: funded, accountOnly } };
  },
  reversalShare: (pages, day, { days, least }) => {
    const { sales, reversals } = sumOf(pages, day, days);
    if (sales < atLeast(least.sales) || reversals < atLeast(least.reversals)) return undefined;
    return { value: reversals / sales, evidence: { sales, reversals } };
  },
  makerShare,
  topPersonsShare,
  // What was bought is not told to the guard.
  soldOverPurchased: () => undefined,
};

/** A window's number over that of the window before, less one. */
function growth(
  pages: Pages,
  day: ShanghaiDay,
  days: number,
  least: LeastVolume,
  number: (sums: Sums) => number,
): Measured | undefined {
  const now = sumOf(pages, day, days);
  const before = sumOf(pages, day - days, days);
  const isEnough = ({ sales, fund }: Sums) =>
    sales >= atLeast(least.sales) && fund >= (least.yuan ?? 0) * FEN_A_YUAN;
  // The week before must be worth comparing with; that this one is larger is what is asked.
  if (!isEnough(now) || before.sales < atLeast(least.sales) || number(before) <= 0)
    return undefined;
  const [to, from] = [number(now), number(before)];
  return {
    value: to / from - 1,
    evidence: { now: cents(to), before: cents(from), sales: now.sales, salesBefore: before.sales },
  };
}

/** The largest maker's part of what was sold on prescription (rule AG-04). */
function makerShare(
  pages: Pages,
  day: ShanghaiDay,
  { days, least }: Indicator,
  named?: string,
): Measured | undefined {
  const weeks = weeksOf(pages, day, days);
  const prescribed = weeks.reduce((sum, week) => sum + week.prescribed, 0);
  if (prescribed === 0 || prescribed < (least.yuan ?? 0) * FEN_A_YUAN) return undefined;
  const makers = joined(weeks.map((week) => week.makers));
  const [maker = "", fen = 0] =
    named === undefined ? (largest(makers, 1)[0] ?? []) : [named, makers.get(named)];
  return {
    value: fen / prescribed,
    evidence: { maker, yuan: cents(fen / FEN_A_YUAN), prescribed: cents(prescribed / FEN_A_YUAN) },
  };
}

/** What one percent of the persons cost, as a part of all fund money (rule AG-06); at least one person. */
function topPersonsShare(
  pages: Pages,
  day: ShanghaiDay,
  { days, least }: Indicator,
): Measured | undefined {
  const weeks = weeksOf(pages, day, days);
  const persons = personsMarked(weeks);
  // Over the same whole weeks as the persons' sums.
  const { fund } = sumOf(pages, day, day - firstWeek(day, days) * WEEK + 1);
  if (persons < atLeast(least.persons) || fund === 0) return undefined;
  const top = Math.max(1, Math.ceil(persons * TOP_PART));
  const cost = largest(joined(weeks.map((week) => week.persons)), top).reduce(
    (sum, [, fen]) => sum + fen,
    0,
  );
  const yuan = cents(cost / FEN_A_YUAN);
  return { value: Math.min(1, cost / fund), evidence: { persons, top, yuan } };
}

/** The sums of `days` Shanghai days, `day` the last. */
export function sumOf({ days: all }: Pages, day: ShanghaiDay, days: number): Sums {
  const sums: Sums = {
    ...{ sales: 0, total: 0, squares: 0, fund: 0, back: 0 },
    ...{ reversals: 0, funded: 0, accountOnly: 0 },
  };
  for (const of of all) {
    if (of.day > day || of.day <= day - days) continue;
    for (const key of Object.keys(sums) as (keyof Sums)[]) sums[key] += of[key];
  }
  return sums;
}

/** Whole weeks: what is counted by week reaches up to six days further back than asked. */
function weeksOf({ weeks }: Pages, day: ShanghaiDay, days: number): readonly WeekShares[] {
  const first = firstWeek(day, days);
  const last = Math.floor(day / WEEK);
  return weeks.filter(({ week }) => week >= first && week <= last);
}

function firstWeek(day: ShanghaiDay, days: number): number {
  return Math.floor((day - days + 1) / WEEK);
}

function joined<K>(parts: readonly ReadonlyMap<K, Fen>[]): ReadonlyMap<K, Fen> {
  const all = new Map<K, Fen>();
  for (const part of parts) for (const [key, fen] of part) all.set(key, (all.get(key) ?? 0) + fen);
  return all;
}

function largest<K>(sums: ReadonlyMap<K, Fen>, most: number): readonly (readonly [K, Fen])[] {
  return [...sums].sort(([, a], [, b]) => b - a).slice(0, most);
}

/** Nothing is said of nothing. */
function atLeast(least: number | undefined): number {
  return Math.max(1, least ?? 1);
}

function cents(yuan: number): number {
  return Math.round(yuan * FEN_A_YUAN) / FEN_A_YUAN;
}
