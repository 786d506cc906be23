import type { Attempt, LedgerEntry, Memory, SwipeKey } from "../counters/contract.ts";
import { ANSWER_KEPT, RESERVATION } from "../counters/limits.ts";
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
  readonly names?: SwipeKey | undefined;
}

/** Steps of one sale are of the same person, at the same pharmacy, within 15 minutes (contract section 2). */
export function earlierSteps(
  step: SaleStep,
  ledger: readonly LedgerEntry[],
  attempts: readonly Attempt[],
): SwipeKey[] {
  const known = new Map(attempts.map((attempt) => [attempt.swipe, attempt]));
  const isStep = ({ swipe, at, pharmacy }: Pick<Attempt, "swipe" | "at" | "pharmacy">) =>
    swipe !== step.swipe &&
    near(step, at, pharmacy) &&
    (swipe === step.names || alike(step, known.get(swipe)));
  const unsettled = ledger.filter((entry) => isUnsettled(entry) && isStep(entry));
  const inquiries = attempts.filter((attempt) => attempt.inquiry && isStep(attempt));
  return [...new Set([...unsettled, ...inquiries].map(({ swipe }) => swipe))];
}

/** Of the earlier steps, those a settle-stage check supersedes: an inquiry holds nothing to pass on. */
export function superseded(steps: readonly SwipeKey[], ledger: readonly LedgerEntry[]): SwipeKey[] {
  const unsettled = new Set(ledger.filter(isUnsettled).map((entry) => entry.swipe));
  return steps.filter((swipe) => unsettled.has(swipe));
}

function near(step: SaleStep, at: EpochMs, pharmacy: string): boolean {
  return pharmacy === step.pharmacy && Math.abs(step.at - at) < RESERVATION;
}

function alike(step: Pick<SaleStep, "codes" | "basket">, other: Attempt | undefined): boolean {
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
    logs: memory.logs.map((log) => log && kept(log)),
    traceCodes: memory.traceCodes.map(
      (code) => code && { claims: kept(code.claims), splits: kept(code.splits) },
    ),
    token: memory.token && kept(memory.token),
    prescriptions: memory.prescriptions.map((uses) => uses && kept(uses)),
    tallies: memory.tallies.map((tally) => tally && { ...tally, open: kept(tally.open) }),
  };
}

/** An entry near a superseded one, and what its answer says it superseded; unknown once the answer is gone. */
export interface OtherStep {
  readonly entry: LedgerEntry;
  readonly supersedes: readonly SwipeKey[] | undefined;
}

/** The entries among which the successor of a superseded one is sought, in order of time. */
export function otherSteps(
  settled: LedgerEntry,
  ledger: readonly LedgerEntry[],
): readonly LedgerEntry[] {
  return ledger.filter(
    (entry) =>
      entry.swipe !== settled.swipe &&
      entry.pharmacy === settled.pharmacy &&
      Math.abs(entry.at - settled.at) < ANSWER_KEPT,
  );
}

/**
 * The unsettled steps that followed a superseded one, directly or through another: when the superseded one
 * is settled after all, they are superseded in its place. Answers say who superseded whom; where none does,
 * the next alike, or the only one there is.
 */
export function successorsOf(
  settled: LedgerEntry,
  others: readonly OtherStep[],
  attempts: readonly Attempt[],
): readonly LedgerEntry[] {
  const chain = new Set([settled.swipe]);
  for (const { entry, supersedes } of others) {
    if (supersedes?.some((swipe) => chain.has(swipe))) chain.add(entry.swipe);
  }
  if (chain.size > 1) {
    return others.map(({ entry }) => entry).filter((of) => chain.has(of.swipe) && isUnsettled(of));
  }
  const successor = likelySuccessor(settled, others, attempts);
  return successor === undefined ? [] : [successor];
}

function likelySuccessor(
  settled: LedgerEntry,
  others: readonly OtherStep[],
  attempts: readonly Attempt[],
): LedgerEntry | undefined {
  const later = others.filter(
    ({ entry }) =>
      isUnsettled(entry) && entry.at >= settled.at && entry.at < settled.at + RESERVATION,
  );
  const known = new Map(attempts.map((attempt) => [attempt.swipe, attempt]));
  const own = known.get(settled.swipe);
  const similar = own && later.find(({ entry }) => alike(own, known.get(entry.swipe)));
  if (similar !== undefined) return similar.entry;
  const [only, ...more] = later;
  return more.length === 0 && only?.supersedes === undefined ? only?.entry : undefined;
}
