import type { Attempt, LedgerEntry, Memory, SwipeKey } from "../counters/contract.ts";
import { RESERVATION } from "../counters/limits.ts";
import type { Bytes, EpochMs } from "../units.ts";
import { isUnsettled } from "./entry-state.ts";

/** A check as a step of a sale: an inquiry, a settlement, a second try after a lost answer. */
export interface SaleStep {
  readonly swipe: SwipeKey;
  readonly at: EpochMs;
  /** As the memory gives pharmacies back. */
  readonly pharmacy: string;
  readonly basket: Bytes;
  /** Four bytes of each trace code. */
  readonly codes: readonly Bytes[];
  /** The swipe named by `supersedes`. */
  readonly names?: SwipeKey;
}

/** Steps of one sale are of the same person, at the same pharmacy, within 15 minutes (contract section 2). */
export function earlierSteps(
  step: SaleStep,
  ledger: readonly LedgerEntry[],
  attempts: readonly Attempt[],
): SwipeKey[] {
  const known = new Map(attempts.map((attempt) => [attempt.swipe, attempt]));
  const unsettled = new Set(ledger.filter(isUnsettled).map((entry) => entry.swipe));
  const steps = new Set<SwipeKey>();
  for (const { swipe, at, pharmacy } of ledger) {
    if (!unsettled.has(swipe) || !near(step, at, pharmacy) || swipe === step.swipe) continue;
    if (swipe === step.names || alike(step, known.get(swipe))) steps.add(swipe);
  }
  for (const attempt of attempts) {
    if (!attempt.inquiry || !near(step, attempt.at, attempt.pharmacy)) continue;
    if (attempt.swipe === step.names || alike(step, attempt)) steps.add(attempt.swipe);
  }
  steps.delete(step.swipe);
  return [...steps];
}

/** Of the earlier steps, those a settle-stage check supersedes: an inquiry holds nothing to pass on. */
export function superseded(steps: readonly SwipeKey[], ledger: readonly LedgerEntry[]): SwipeKey[] {
  const unsettled = new Set(ledger.filter(isUnsettled).map((entry) => entry.swipe));
  return steps.filter((swipe) => unsettled.has(swipe));
}

function near(step: SaleStep, at: EpochMs, pharmacy: string): boolean {
  return pharmacy === step.pharmacy && Math.abs(step.at - at) < RESERVATION;
}

function alike(step: SaleStep, other: Attempt | undefined): boolean {
  if (other === undefined) return false;
  if (step.codes.length === 0 && other.codes.length === 0) return other.basket === step.basket;
  return other.codes.some((code) => step.codes.includes(code));
}

/** The memory as if the earlier steps had not been: what they held is this step's own. */
export function withoutSteps(memory: Memory, steps: readonly SwipeKey[]): Memory {
  if (steps.length === 0) return memory;
  const gone = new Set(steps);
  const kept = <T extends { readonly swipe: SwipeKey }>(entries: readonly T[]) =>
    entries.filter((entry) => !gone.has(entry.swipe));
  return {
    ...memory,
    ledger: kept(memory.ledger),
    logs: memory.logs.map(kept),
    traceCodes: memory.traceCodes.map(({ claims, splits }) => ({
      claims: kept(claims),
      splits: kept(splits),
    })),
    token: kept(memory.token),
    prescriptions: memory.prescriptions.map(kept),
  };
}

/**
 * The unsettled step that followed a superseded one: when the superseded one is settled after all,
 * that successor is superseded in its place.
 */
export function successorOf(
  settled: LedgerEntry,
  ledger: readonly LedgerEntry[],
  attempts: readonly Attempt[],
): LedgerEntry | undefined {
  const own = attempts.find((attempt) => attempt.swipe === settled.swipe);
  const later = ledger.filter(
    (entry) =>
      entry.swipe !== settled.swipe &&
      isUnsettled(entry) &&
      entry.pharmacy === settled.pharmacy &&
      entry.at >= settled.at &&
      entry.at < settled.at + RESERVATION,
  );
  const known = new Map(attempts.map((attempt) => [attempt.swipe, attempt]));
  const similar =
    own && later.find((entry) => alike({ ...own, names: settled.swipe }, known.get(entry.swipe)));
  return similar ?? (later.length === 1 ? later[0] : undefined);
}
