import type { LogEntry, Observation } from "../counters/contract.ts";
import { LOG_EXACT_MAX } from "../counters/limits.ts";
import type { DurationMs, EpochMs } from "../units.ts";
import { DAY } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { MISSING, NOTHING } from "./definition.ts";
import type { LogEntity } from "./entities.ts";
import { ENTITY_NAMES } from "./entities.ts";
import { inWindow } from "./live.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";

/** Logs are for rush hours, not for history: longer windows need rings and daily totals. */
const WINDOW_MAX: DurationMs = DAY;
const FEN_A_YUAN = 100;

type Reader = (log: readonly LogEntry[], context: ReadContext, window: DurationMs) => number;

/** A count over an entity's log. Without `exact` it would be counted in buckets, which are not there yet. */
function logFeature(
  parameters: Parameters,
  read: Reader,
  measures: "count" | "money" = "count",
): FeatureDefinition {
  const entity = parameters.word<LogEntity>("entity", ENTITY_NAMES, "terminal");
  const window = parameters.duration("window", WINDOW_MAX);
  const isExact = parameters.has("exact");
  if (!isExact) parameters.accept("exact");
  const exact = isExact ? parameters.integer("exact", { min: 1, max: LOG_EXACT_MAX }) : 0;
  return {
    type: "number",
    scope: "swipe",
    kind: "store",
    bound: isExact ? { upTo: exact } : "bucketed",
    needs: isExact ? { log: { entity, window, exact } } : NOTHING,
    ...(measures === "count" && { isCount: true }),
    ...(isExact ? {} : { unavailable: "bucketed counts are not available yet; declare exact" }),
    read(context): Seen {
      const log = context.log(entity);
      return log === undefined ? MISSING : read(log, context, window);
    },
  };
}

/** Different persons, the one judged among them. */
export function distinctPersons(parameters: Parameters): FeatureDefinition {
  parameters.accept("distinct");
  return logFeature(parameters, (log, { at, observation }, window) => {
    const persons = new Set([ownPerson(observation)]);
    for (const entry of log) if (inWindow(entry.at, at, window)) persons.add(entry.person);
    return persons.size;
  });
}

/** Checks of either stage, the one judged among them. */
export function attemptsCount(parameters: Parameters): FeatureDefinition {
  parameters.accept("count");
  return logFeature(parameters, (log, { at }, window) => {
    let count = 1;
    for (const entry of log) if (inWindow(entry.at, at, window)) count += 1;
    return count;
  });
}

/** Yuan of all checks, the one judged among them. */
export function amountSum(parameters: Parameters): FeatureDefinition {
  parameters.accept("sum");
  return logFeature(
    parameters,
    (log, { at, swipe }, window) => {
      let fen = swipe.total;
      for (const entry of log) if (inWindow(entry.at, at, window)) fen += entry.amount;
      return fen / FEN_A_YUAN;
    },
    "money",
  );
}

/**
 * How many gaps shorter than `below` lie between consecutive swipes of different persons, in the run that
 * ends at the swipe judged. A longer gap ends the run; the same person again neither ends it nor counts.
 */
export function shortGaps(parameters: Parameters): FeatureDefinition {
  parameters.accept("gaps");
  const below = parameters.duration("below", WINDOW_MAX);
  return logFeature(parameters, (log, { at, observation }, window) =>
    countGaps(log, { at, person: ownPerson(observation) }, below, window),
  );
}

function countGaps(
  log: readonly LogEntry[],
  judged: { readonly at: EpochMs; readonly person: string },
  below: DurationMs,
  window: DurationMs,
): number {
  // What is remembered came before the swipe judged, even where a neighbour's faster clock says later.
  const run = log
    .filter((entry) => inWindow(entry.at, judged.at, window))
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

/** Sales a day against the pharmacy's own history; understood, so that policies can already say it. */
export function settledCount(parameters: Parameters): FeatureDefinition {
  parameters.accept("count");
  parameters.word<LogEntity>("entity", ["pharmacy"], "pharmacy");
  parameters.word("per", ["day"], "day");
  parameters.integer("history", { min: 14, max: 28 });
  return {
    type: "number",
    scope: "swipe",
    kind: "store",
    bound: "bucketed",
    needs: NOTHING,
    unavailable: "settled counts of a pharmacy are not available yet",
    read: () => MISSING,
  };
}

function ownPerson(observation: Observation): string {
  return observation.person.slice(0, 8);
}
