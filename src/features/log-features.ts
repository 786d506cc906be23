import type { LogEntry } from "../counters/contract.ts";
import { LOG_EXACT_MAX, RESERVATION } from "../counters/limits.ts";
import type { DurationMs, EpochMs } from "../units.ts";
import { DAY, SECOND } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { MISSING, NOTHING } from "./definition.ts";
import { number32 } from "./digests.ts";
import type { LogEntity } from "./entities.ts";
import { ENTITY_NAMES, entityKind, markedEntities } from "./entities.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import { logOf } from "./remembered.ts";
import type { Span } from "./span.ts";
import { readSpan } from "./span.ts";

const FEN_A_YUAN = 100;

/** What a count sees: the entity's log, and what of it is in. */
interface Looked {
  readonly log: readonly LogEntry[];
  readonly after: EpochMs;
  readonly until: EpochMs;
  readonly context: ReadContext;
  readonly entity: LogEntity;
}

interface Declared {
  readonly entity: LogEntity;
  readonly span: Span;
  readonly exact: number;
}

/** A count over an entity's log. Without `exact` it would be counted in buckets, which are not there yet. */
function logFeature(
  { entity, span, exact }: Declared,
  read: (looked: Looked) => number,
  measures: "count" | "money" = "count",
): FeatureDefinition {
  const { scope, otherwise } = entityKind(entity);
  const isExact = exact > 0;
  // Lines of one prescriber share their log, and so what is counted in it.
  const counted = () => new Map<readonly LogEntry[], number>();
  return {
    type: "number",
    scope,
    kind: "store",
    bound: isExact ? { upTo: exact } : "bucketed",
    needs: isExact ? { log: { entity, window: span.width, exact } } : NOTHING,
    ...(measures === "count" && { isCount: true }),
    ...(isExact ? {} : { unavailable: "bucketed counts are not available yet; declare exact" }),
    read(context, line): Seen {
      const log = logOf(context, entity, line);
      if (log === undefined) return otherwise;
      if (log === MISSING) return MISSING;
      const known = scope === "line" ? context.shared(counted) : undefined;
      const value =
        known?.get(log) ??
        read({ log, after: span.after(context), until: span.until(context), context, entity });
      known?.set(log, value);
      return value;
    },
  };
}

/** `{ entity, window | per: day, exact }`; the entity first, because it says how long a window may be. */
function declared(parameters: Parameters, entities: readonly LogEntity[] = ENTITY_NAMES): Declared {
  const entity = parameters.word<LogEntity>("entity", entities, entities[0] ?? "pharmacy");
  const span = readSpan(parameters, entityKind(entity).windowMax);
  const isExact = parameters.has("exact");
  if (!isExact) parameters.accept("exact");
  const exact = isExact ? parameters.integer("exact", { min: 1, max: LOG_EXACT_MAX }) : 0;
  return { entity, span, exact };
}

/** Different persons, the one judged among them. */
export function distinctPersons(parameters: Parameters): FeatureDefinition {
  parameters.accept("distinct");
  return logFeature(declared(parameters), ({ log, after, until, context }) => {
    const persons = new Set([context.observation.person]);
    for (const { at, person } of log) if (at > after && at <= until) persons.add(person);
    return persons.size;
  });
}

/** Different marks: the cashiers of a till (`operator`), the prefectures of outsiders (`prefecture`). */
export function distinctMarks(marks: string): (parameters: Parameters) => FeatureDefinition {
  const entities = markedEntities(marks);
  return (parameters) => {
    parameters.accept("distinct");
    return logFeature(declared(parameters, entities), (looked) => {
      const { log, after, until } = looked;
      const different = new Set([ownMark(looked)]);
      for (const { at, mark } of log) if (at > after && at <= until) different.add(mark);
      return different.size;
    });
  };
}

function ownMark({ context, entity }: Looked): string {
  const { letter } = entityKind(entity);
  return context.observation.logs.find(({ kind }) => kind === letter)?.mark ?? "";
}

/** Checks of either stage, a sale counted once, the one judged among them. */
export function attemptsCount(parameters: Parameters): FeatureDefinition {
  parameters.accept("count");
  return logFeature(declared(parameters), (looked) => salesOf(looked).length + 1);
}

/** Yuan of all checks, a sale counted once, the one judged among them. */
export function amountSum(parameters: Parameters): FeatureDefinition {
  parameters.accept("sum");
  return logFeature(
    declared(parameters),
    (looked) => {
      let fen = looked.context.swipe.total;
      for (const { amount } of salesOf(looked)) fen += amount;
      return fen / FEN_A_YUAN;
    },
    "money",
  );
}

/**
 * How many of the last so many sales on prescriptions, this one among them, came sooner than `below` after their
 * prescription was issued (rule RX-05); to whole seconds.
 */
export function soonAfterIssue(parameters: Parameters): FeatureDefinition {
  const last = parameters.integer("recent", { min: 2, max: LOG_EXACT_MAX });
  const below = parameters.duration("below", DAY);
  const of = declared(parameters, markedEntities("secondsSinceIssue"));
  if (of.exact > 0 && of.exact < last)
    parameters.report("exact", "exact must not be less than recent");
  return logFeature(of, (looked) => {
    const isSoon = (mark: string) => number32(mark) * SECOND < below;
    const before = salesOf(looked).slice(-(last - 1));
    let soon = isSoon(ownMark(looked)) ? 1 : 0;
    for (const { mark } of before) if (isSoon(mark)) soon += 1;
    return soon;
  });
}

/**
 * The log's sales in order of time, each by its last step: an inquiry and the settlement that follows it are one
 * sale, and so is a check that was refused and came again. A log knows its steps by person, amount and the fifteen
 * minutes that a sale may take; those of the sale judged are gone already.
 */
function salesOf(looked: Looked): readonly LogEntry[] {
  const inside = inOrder(looked);
  return inside.filter((entry, place) => !comesAgain(entry, inside, place + 1));
}

function comesAgain(entry: LogEntry, inside: readonly LogEntry[], from: number): boolean {
  for (let i = from; i < inside.length; i += 1) {
    const later = inside[i];
    if (later === undefined || later.at - entry.at >= RESERVATION) return false;
    if (later.amount === entry.amount && later.person === entry.person) return true;
  }
  return false;
}

/** What is in, in order of time; logs are in order of arrival, and only a late swipe stands out of place. */
function inOrder({ log, after, until }: Looked): readonly LogEntry[] {
  const inside: LogEntry[] = [];
  let isSorted = true;
  let before = after;
  for (const entry of log) {
    if (entry.at <= after || entry.at > until) continue;
    isSorted &&= entry.at >= before;
    before = entry.at;
    inside.push(entry);
  }
  return isSorted ? inside : inside.sort((a, b) => a.at - b.at);
}

/**
 * How many gaps shorter than `below` lie between consecutive swipes of different persons, in the run that
 * ends at the swipe judged. A longer gap ends the run; the same person again neither ends it nor counts: who asked a
 * while ago has been standing here since, so that a trial's hold is not waited out before the settlement.
 */
export function shortGaps(parameters: Parameters): FeatureDefinition {
  parameters.accept("gaps");
  const below = parameters.duration("below", DAY);
  return logFeature(declared(parameters), (looked) => countGaps(looked, below));
}

function countGaps(looked: Looked, below: DurationMs): number {
  const { log, after, until, context } = looked;
  const judged = { at: context.at, person: context.observation.person };
  const isIn = ({ at }: { readonly at: EpochMs }) => at > after && at <= until;
  const remembered = log.filter(isIn);
  const steps = ownSteps(context).filter(isIn);
  if (remembered.length + steps.length === 0) return 0;
  // What is remembered came before the swipe judged, even where a neighbour's faster clock says later.
  const run = [...remembered, ...steps]
    .map(({ at, person }) => ({ at: Math.min(at, judged.at), person }))
    .sort((a, b) => a.at - b.at);
  let gaps = 0;
  let later = judged;
  for (let i = run.length - 1; i >= 0; i -= 1) {
    const entry = run[i];
    if (entry === undefined) break;
    if (entry.person !== later.person) {
      if (later.at - entry.at >= below) break;
      gaps += 1;
    }
    later = entry;
  }
  return gaps;
}

/** The log is told without the earlier steps of the sale judged; the person's own attempts still have them. */
function ownSteps({ memory, observation, here, at }: ReadContext) {
  const { person } = observation;
  const own = memory?.attempts.filter(
    (attempt) => attempt.pharmacy === here && attempt.at > at - RESERVATION,
  );
  return own?.map((attempt) => ({ at: attempt.at, person })) ?? [];
}
