import { LOG_EXACT_MAX } from "../counters/limits.ts";
import { remember } from "../reference/prefix-table.ts";
import type { Bytes, DurationMs } from "../units.ts";
import type { BindingKind, PlannedBinding } from "./bindings.ts";
import type { FeatureDefinition, Needs, Scope } from "./definition.ts";
import { partnerDigest } from "./digests.ts";
import type { LogAsked, LogEntity } from "./entities.ts";
import { logAsked } from "./entities.ts";
import type { RowReads } from "./row-reads.ts";
import { rowReads } from "./row-reads.ts";
import type { TallyKind } from "./tallies.ts";

/** The shipped policy uses about 130; reading three times as many still takes well under a millisecond. */
export const FEATURES_MAX = 400;
/** Each log is one more key of the first command; there is one an entity, and this many kinds of entity at most. */
export const LOGS_MAX = 16;

export interface PlannedFeature {
  readonly name: string;
  readonly definition: FeatureDefinition;
}

/** Pharmacies and drugs whose digests are remembered: a city has fewer. Codes come from tills and have no bound of their own. */
const DIGESTS_MAX = 20_000;

export interface PlannedLog {
  readonly entity: LogEntity;
  readonly window: DurationMs;
  readonly exact: number;
}

/** Where a feature's reading stands in the vector. */
export interface Position {
  readonly scope: Scope;
  readonly index: number;
}

/** What active rules need, and nothing else. */
export interface FeaturePlan {
  /** The order of `FeatureVector.swipe`. */
  readonly swipe: readonly PlannedFeature[];
  /** The order of each row of `FeatureVector.lines`. */
  readonly lines: readonly PlannedFeature[];
  readonly positions: ReadonlyMap<string, Position>;
  readonly reads: { readonly swipe: RowReads; readonly lines: RowReads };
  /** `partnerDigest` of a pharmacy's or a drug's code, remembered: a sale of two lines needs three. */
  digestOf(code: string): Bytes;
  /** One log an entity, wide and long enough for all features that share it. */
  readonly logs: readonly PlannedLog[];
  /** The same, as the observation asks for them. */
  readonly logsAsked: readonly LogAsked[];
  /** One a kind, kept long enough for all. */
  readonly bindings: readonly PlannedBinding[];
  readonly tallies: readonly TallyKind[];
  readonly needs: {
    readonly flags: boolean;
    readonly token: boolean;
    readonly prescriptions: boolean;
  };
}

/** A plan that would break a limit; the policy is refused before it gets this far. */
export class PlanError extends Error {
  readonly code = "GUARD_FEATURES_PLAN";
  constructor(message: string) {
    super(message);
    this.name = "PlanError";
  }
}

/**
 * Joins the features that active rules use into one plan. Names without a definition, features that are not
 * available yet and broken limits are programming errors here: throws PlanError.
 */
export function compilePlan(
  features: ReadonlyMap<string, FeatureDefinition>,
  used: Iterable<string>,
): FeaturePlan {
  const swipe: PlannedFeature[] = [];
  const lines: PlannedFeature[] = [];
  const positions = new Map<string, Position>();
  // In order of name, so that the same policy gives the same vector however its file is arranged.
  for (const name of [...new Set(used)].sort()) {
    const definition = features.get(name);
    if (definition === undefined) throw new PlanError(`feature ${name} is not declared`);
    if (definition.unavailable !== undefined)
      throw new PlanError(`feature ${name}: ${definition.unavailable}`);
    const row = definition.scope === "swipe" ? swipe : lines;
    positions.set(name, { scope: definition.scope, index: row.length });
    row.push({ name, definition });
  }
  const needs = [...swipe, ...lines].map(({ definition }) => definition.needs);
  const logs = joinLogs(needs);
  const plan: FeaturePlan = {
    swipe,
    lines,
    positions,
    digestOf: remember(DIGESTS_MAX, (code) => partnerDigest(code)),
    reads: { swipe: rowReads(swipe), lines: rowReads(lines) },
    logs,
    logsAsked: logs.map((log) => logAsked(log.entity, log)),
    bindings: joinBindings(needs),
    tallies: [...new Set(needs.flatMap(({ tallies }) => tallies ?? []))].sort(),
    needs: {
      flags: needs.some((need) => need.flags),
      token: needs.some((need) => need.token),
      prescriptions: needs.some((need) => need.prescriptions),
    },
  };
  assertLimits(plan);
  return plan;
}

function joinLogs(needs: readonly Needs[]): readonly PlannedLog[] {
  const logs = new Map<LogEntity, PlannedLog>();
  for (const { log } of needs) {
    if (log === undefined) continue;
    const known = logs.get(log.entity) ?? log;
    logs.set(log.entity, {
      entity: log.entity,
      window: Math.max(known.window, log.window),
      exact: Math.max(known.exact, log.exact),
    });
  }
  return [...logs.values()].sort((a, b) => a.entity.localeCompare(b.entity, "en"));
}

function joinBindings(needs: readonly Needs[]): readonly PlannedBinding[] {
  const kept = new Map<BindingKind, DurationMs>();
  for (const binding of needs.flatMap(({ bindings }) => bindings ?? []))
    kept.set(binding.kind, Math.max(kept.get(binding.kind) ?? 0, binding.kept));
  return [...kept]
    .map(([kind, longest]) => ({ kind, kept: longest }))
    .sort((a, b) => a.kind.localeCompare(b.kind, "en"));
}

function assertLimits({ swipe, lines, logs }: FeaturePlan): void {
  if (swipe.length + lines.length > FEATURES_MAX)
    throw new PlanError(`at most ${FEATURES_MAX} features may be in use`);
  if (logs.length > LOGS_MAX) throw new PlanError(`at most ${LOGS_MAX} logs may be in use`);
  for (const { exact } of logs) {
    if (exact > LOG_EXACT_MAX)
      throw new PlanError(`a log is exact up to at most ${LOG_EXACT_MAX} swipes`);
  }
}
