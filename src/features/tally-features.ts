import type { Tally } from "../counters/contract.ts";
import { RESERVATION } from "../counters/limits.ts";
import type { EpochMs, ShanghaiDay } from "../units.ts";
import { shanghaiDay } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { ABSENT, MISSING } from "./definition.ts";
import type { Parameters } from "./parameters.ts";
import { ONE } from "./quantities.ts";
import type { ReadContext } from "./read-context.ts";
import type { Remembered } from "./remembered.ts";
import { tallyOf } from "./remembered.ts";
import type { Moment } from "./span.ts";
import type { TallyKind } from "./tallies.ts";
import { DRUG_COLUMN, drugAt, PHARMACY_COLUMN } from "./tallies.ts";

type Column = 0 | 1 | 2 | 3;

/** Days of a store's own history that a baseline may look back on, and the least it needs (domain 6). */
const HISTORY = { min: 14, max: 28 };
const DAYS_LEAST = { min: 1, max: 28 };

interface Baseline {
  readonly history: number;
  readonly minDays: number;
}

function readBaseline(parameters: Parameters): Baseline {
  const history = parameters.integer("history", HISTORY);
  const minDays = parameters.integer("minDays", DAYS_LEAST);
  if (minDays > history) parameters.report("minDays", "minDays must not be more than history");
  return { history, minDays };
}

/** One day's total of a column: what is settled, and what stands open so long that it is presumed. */
function dayTotal(tally: Tally, day: ShanghaiDay, column: Column, at: EpochMs): number {
  let total = 0;
  for (const known of tally.days) if (known.day === day) total += known.columns[column];
  for (const sale of tally.open) {
    if (isPresumed(sale.at, at) && shanghaiDay(sale.at) === day) total += sale.columns[column];
  }
  return total;
}

/** A sale that no till confirms is presumed from the instant its fifteen minutes are over. */
function isPresumed(when: EpochMs, at: EpochMs): boolean {
  return when + RESERVATION <= at;
}

/**
 * How many days before today a pharmacy's history has, at most `history`: from the first day known on, whether or
 * not anything was sold on each.
 */
function daysKnown(tally: Tally, { at, day }: Moment, history: number): number {
  let first = day;
  for (const known of tally.days) first = Math.min(first, known.day);
  for (const sale of tally.open) {
    if (isPresumed(sale.at, at)) first = Math.min(first, shanghaiDay(sale.at));
  }
  return Math.min(day - first, history);
}

/** A column's totals of the last so many days before today, in no order, zeros included. */
function totalsBefore(tally: Tally, { at, day }: Moment, days: number, column: Column): number[] {
  const totals = new Array<number>(days).fill(0);
  const add = (then: ShanghaiDay, amount: number) => {
    const ago = day - then - 1;
    if (ago >= 0 && ago < days) totals[ago] = (totals[ago] ?? 0) + amount;
  };
  for (const known of tally.days) add(known.day, known.columns[column]);
  for (const sale of tally.open) {
    if (isPresumed(sale.at, at)) add(shanghaiDay(sale.at), sale.columns[column]);
  }
  return totals;
}

function sum(totals: readonly number[]): number {
  return totals.reduce((total, value) => total + value, 0);
}

/** The middle one; between two, their mean. */
function median(totals: number[]): number {
  const sorted = totals.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function tallyFeature(
  scope: "swipe" | "line",
  tallies: readonly TallyKind[],
  read: FeatureDefinition["read"],
): FeatureDefinition {
  return { type: "number", scope, kind: "store", bound: "exact", needs: { tallies }, read };
}

function pharmacyFeature(
  parameters: Parameters,
  read: (tally: Tally, context: ReadContext) => Seen,
): FeatureDefinition {
  parameters.word("entity", ["pharmacy"], "pharmacy");
  return tallyFeature("swipe", ["pharmacy"], (context) => {
    const tally = pharmacyTally(context);
    // Only a swipe without a pharmacy would have no tally: there is none.
    return tally === undefined || tally === MISSING ? MISSING : read(tally, context);
  });
}

function pharmacyTally(context: ReadContext): Remembered<Tally> {
  return tallyOf(context, "pharmacy", undefined);
}

/** Sales dispensed today, the one judged among them; `history` may be said and changes nothing. */
export function settledCount(parameters: Parameters): FeatureDefinition {
  parameters.accept("count");
  parameters.word("per", ["day"], "day");
  if (parameters.has("history")) parameters.integer("history", HISTORY);
  return pharmacyFeature(
    parameters,
    (tally, { at, day }) => dayTotal(tally, day, PHARMACY_COLUMN.sales, at) + 1,
  );
}

/** Days of the pharmacy's own history before today, at most `history`: how much a baseline could rest on. */
export function historyDays(parameters: Parameters): FeatureDefinition {
  parameters.accept("count");
  const history = parameters.integer("history", HISTORY);
  return pharmacyFeature(parameters, (tally, context) => daysKnown(tally, context, history));
}

/** Sales that came back today. */
export function reversalsCount(parameters: Parameters): FeatureDefinition {
  parameters.accept("count");
  parameters.word("per", ["day"], "day");
  return pharmacyFeature(parameters, (tally, { at, day }) =>
    dayTotal(tally, day, PHARMACY_COLUMN.reversals, at),
  );
}

/** The pharmacy's own median of sales a day before today, zeros included; absent while its history is too short. */
export function settledMedian(parameters: Parameters): FeatureDefinition {
  parameters.accept("median");
  parameters.word("per", ["day"], "day");
  const { history, minDays } = readBaseline(parameters);
  return pharmacyFeature(parameters, (tally, context) => {
    const days = daysKnown(tally, context, history);
    if (days < minDays) return ABSENT;
    return median(totalsBefore(tally, context, days, PHARMACY_COLUMN.sales));
  });
}

/**
 * Share of sales to persons insured outside the neighbourhood, 0 to 1: today's, the one judged among them, or that of
 * the days before today, absent while the history is too short or nothing was sold.
 */
export function outsidersShare(parameters: Parameters): FeatureDefinition {
  parameters.accept("share");
  if (parameters.has("per")) {
    parameters.word("per", ["day"], "day");
    return pharmacyFeature(parameters, shareToday);
  }
  const { history, minDays } = readBaseline(parameters);
  return pharmacyFeature(parameters, (tally, context) => {
    const days = daysKnown(tally, context, history);
    if (days < minDays) return ABSENT;
    const { outsiders, sales } = PHARMACY_COLUMN;
    const all = sum(totalsBefore(tally, context, days, sales));
    return all === 0 ? ABSENT : sum(totalsBefore(tally, context, days, outsiders)) / all;
  });
}

function shareToday(tally: Tally, { at, day, observation }: ReadContext): number {
  const { outsiders, sales } = PHARMACY_COLUMN;
  const own = observation.nature.outsider ? 1 : 0;
  return (dayTotal(tally, day, outsiders, at) + own) / (dayTotal(tally, day, sales, at) + 1);
}

/** Packs of a watched X or Z drug dispensed here today, all lines of this sale among them; absent for other drugs. */
export function drugPacks(parameters: Parameters): FeatureDefinition {
  parameters.accept("sum");
  parameters.word("entity", ["pharmacyDrug"], "pharmacyDrug");
  parameters.word("per", ["day"], "day");
  return tallyFeature("line", ["pharmacyDrug"], (context, { index }) => {
    const entity = drugEntity(context, index);
    const tally = drugTally(context, entity);
    if (tally === undefined || tally === MISSING) return tally;
    const own = context.observation.tallies.find((use) => use.entity === entity);
    const packs = own?.columns[DRUG_COLUMN.packs] ?? 0;
    return (dayTotal(tally, context.day, DRUG_COLUMN.packs, context.at) + packs) / ONE;
  });
}

/**
 * Packs a day of a watched X or Z drug over the days before today that the store knows; absent for other drugs, and
 * while the store's own history is too short. A store that never sold the drug has a mean of zero.
 */
export function drugPacksMean(parameters: Parameters): FeatureDefinition {
  parameters.accept("mean");
  parameters.word("entity", ["pharmacyDrug"], "pharmacyDrug");
  const { history, minDays } = readBaseline(parameters);
  return tallyFeature("line", ["pharmacy", "pharmacyDrug"], (context, { index }) => {
    const entity = drugEntity(context, index);
    const tally = drugTally(context, entity);
    const store = pharmacyTally(context);
    if (tally === undefined || tally === MISSING || store === undefined || store === MISSING)
      return tally === undefined ? ABSENT : MISSING;
    const days = daysKnown(store, context, history);
    if (days < minDays) return ABSENT;
    return sum(totalsBefore(tally, context, days, DRUG_COLUMN.packs)) / days / ONE;
  });
}

function drugTally(context: ReadContext, entity: string | undefined): Remembered<Tally> {
  return entity === undefined ? undefined : tallyOf(context, "pharmacyDrug", entity);
}

/**
 * Named as the tally's writer names it; undefined for a drug that is not watched. A ledger's key says so of a form at
 * best, the line's own code says it exactly.
 */
function drugEntity(context: ReadContext, line: number): string | undefined {
  return context.shared(drugEntities)[line];
}

/** One a line, once a swipe: a key's text is the dearest part of a look at a tally. */
function drugEntities(context: ReadContext): readonly (string | undefined)[] {
  const { here, observation, swipe } = context;
  return swipe.lines.map((_, line) =>
    context.line(line).watched === undefined
      ? undefined
      : drugAt(here, observation.lines[line]?.drug ?? ""),
  );
}
