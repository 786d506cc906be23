import type { LogEntry } from "../counters/contract.ts";
import { LOG_EXACT_MAX, RESERVATION } from "../counters/limits.ts";
import type { DurationMs, EpochMs } from "../units.ts";
import { DAY, SECOND } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { MISSING, NOTHING } from "./definition.ts";
import { number32 } from "./digests.ts";
import type { LogEntity } from "./entities.ts";
import { ENTITY_NAMES, entityKind, markedEntities } from "./entities.ts";
import type { LogView } from "./log-view.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import { logOf } from "./remembered.ts";
import type { Span } from "./span.ts";
import { readSpan, spanAfter, spanUntil } from "./span.ts";

const FEN_A_YUAN = 100;

/** What a count sees: the entity's log, and how many of its newest entries are in the window. */
type CountOf = (view: LogView, newest: number, context: ReadContext) => number;

interface Declared {
  readonly entity: LogEntity;
  readonly span: Span;
  readonly exact: number;
}

/** A count over an entity's log. Without `exact` it would be counted in buckets, which are not there yet. */
function logFeature(
  { entity, span, exact }: Declared,
  read: CountOf,
  measures: "count" | "money" = "count",
): FeatureDefinition {
  const { scope, otherwise } = entityKind(entity);
  const { placeOf, ground } = logOf(entity);
  const isExact = exact > 0;
  return {
    type: "number",
    scope,
    kind: "store",
    bound: isExact ? { upTo: exact } : "bucketed",
    needs: isExact ? { log: { entity, window: span.width, exact } } : NOTHING,
    ...(measures === "count" && { isCount: true }),
    ...(isExact ? {} : { unavailable: "bucketed counts are not available yet; declare exact" }),
    rests: { on: ground, without: otherwise },
    read(context, facts): Seen {
      const place = placeOf(context, facts);
      if (place < 0) return otherwise;
      const view = context.logView(place, spanUntil(span, context));
      if (view === undefined) return MISSING;
      return read(view, view.newerThan(spanAfter(span, context)), context);
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
  return logFeature(declared(parameters), (view, newest) => view.persons(newest));
}

/** Different marks: the cashiers of a till (`operator`), the prefectures of outsiders (`prefecture`). */
export function distinctMarks(marks: string): (parameters: Parameters) => FeatureDefinition {
  const entities = markedEntities(marks);
  return (parameters) => {
    parameters.accept("distinct");
    return logFeature(declared(parameters, entities), (view, newest) => view.marks(newest));
  };
}

/** Checks of either stage, a sale counted once, the one judged among them. */
export function attemptsCount(parameters: Parameters): FeatureDefinition {
  parameters.accept("count");
  return logFeature(declared(parameters), (view, newest) => view.sales(newest) + 1);
}

/** Yuan of all checks, a sale counted once, the one judged among them. */
export function amountSum(parameters: Parameters): FeatureDefinition {
  parameters.accept("sum");
  return logFeature(
    declared(parameters),
    (view, newest, context) => (context.swipe.total + view.fen(newest)) / FEN_A_YUAN,
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
  const isSoon = (mark: string) => number32(mark) * SECOND < below;
  return logFeature(of, (view, newest) => {
    const { entries, own } = view;
    let soon = isSoon(own.mark) ? 1 : 0;
    for (let k = 1; k <= newest && view.sales(k - 1) < last - 1; k += 1) {
      const isSale = view.sales(k) > view.sales(k - 1);
      if (isSale && isSoon(entries[entries.length - k]?.mark ?? "")) soon += 1;
    }
    return soon;
  });
}

/**
 * How many gaps shorter than `below` lie between consecutive swipes of different persons, in the run that
 * ends at the swipe judged. A longer gap ends the run; the same person again neither ends it nor counts: who asked a
 * while ago has been standing here since, so that a trial's hold is not waited out before the settlement.
 */
export function shortGaps(parameters: Parameters): FeatureDefinition {
  parameters.accept("gaps");
  const below = parameters.duration("below", DAY);
  const of = declared(parameters);
  return logFeature(of, (view, newest, context) => {
    const judged = { at: context.at, person: context.observation.person };
    const steps = ownSteps(context, of.span);
    return steps.length === 0 && view.isWhole
      ? countGaps(view.entries, view.entries.length - newest, judged, below)
      : countGaps(joined(view, steps, of.span, context), 0, judged, below);
  });
}

/** Somebody at the till. */
type Step = Pick<LogEntry, "at" | "person">;

/** What is remembered came before the swipe judged, even where a neighbour's faster clock says later. */
function joined(
  view: LogView,
  steps: readonly Step[],
  span: Span,
  context: ReadContext,
): readonly Step[] {
  const remembered = view.log.filter(({ at }) => isIn(at, span, context));
  return [...remembered, ...steps]
    .map(({ at, person }) => ({ at: Math.min(at, context.at), person }))
    .sort((a, b) => a.at - b.at);
}

function countGaps(run: readonly Step[], from: number, judged: Step, below: DurationMs): number {
  let gaps = 0;
  let laterAt = judged.at;
  let laterPerson = judged.person;
  for (let i = run.length - 1; i >= from; i -= 1) {
    const entry = run[i];
    if (entry === undefined) break;
    const at = Math.min(entry.at, judged.at);
    if (entry.person !== laterPerson) {
      if (laterAt - at >= below) break;
      gaps += 1;
    }
    laterAt = at;
    laterPerson = entry.person;
  }
  return gaps;
}

function isIn(at: EpochMs, span: Span, context: ReadContext): boolean {
  return at > spanAfter(span, context) && at <= spanUntil(span, context);
}

const NO_STEPS: readonly Step[] = Object.freeze([]);

/** The log is told without the earlier steps of the sale judged; the person's own attempts still have them. */
function ownSteps(context: ReadContext, span: Span): readonly Step[] {
  const { memory, observation, here, at } = context;
  if (memory === undefined || memory.attempts.length === 0) return NO_STEPS;
  const { person } = observation;
  return memory.attempts
    .filter(
      (attempt) =>
        attempt.pharmacy === here &&
        attempt.at > at - RESERVATION &&
        isIn(attempt.at, span, context),
    )
    .map((attempt) => ({ at: attempt.at, person }));
}
