import type { SwipeKey } from "../counters/contract.ts";
import type { CheckedLine, Decided } from "../decision/decided.ts";
import { told } from "../decision/told.ts";
import { verdictOf } from "../decision/verdict.ts";
import { ledgerQuantity, ONE } from "../features/quantities.ts";
import type { FeatureVector } from "../features/vector.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import { enforcementAt } from "../rules/enforcement.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { DurationMs, EpochMs } from "../units.ts";
import type { Bundle } from "./bundle.ts";
import type { DeskTools } from "./tools.ts";

export interface Facts {
  readonly tools: Pick<DeskTools, "clock" | "enforce" | "keyring">;
  readonly bundle: Bundle;
  readonly swipe: PseudonymisedSwipe;
  readonly vector: FeatureVector;
  readonly personSeq: number;
  readonly startedAt: EpochMs;
  /** When the store had answered, or had not in time. */
  readonly heardAt: EpochMs;
  /** The store was not heard at all. */
  readonly standIn: boolean;
  /** Earlier steps of the same sale that this check supersedes. */
  readonly supersedes: readonly SwipeKey[];
  /** Sold already without asking. */
  readonly unasked?: boolean;
}

/** What the rules say of the facts, and how much of it is answered here. In one piece, what is not there too: read fast. */
export function decide(facts: Facts): Decided {
  const { tools, bundle, swipe, vector } = facts;
  const { policy, reference } = bundle;
  const enforcement = enforcementAt(policy.enforcement, swipe.pharmacy, tools.enforce);
  const verdict = verdictOf(policy, { vector, swipe, enforcement, standIn: facts.standIn });
  const decidedAt = tools.clock.now();
  return {
    swipeId: swipe.swipeId,
    decision: verdict.decision,
    wouldBe: verdict.wouldBe,
    enforcement,
    mode: verdict.mode,
    missing: verdict.missing,
    answered: verdict.answered.map(told),
    hits: verdict.hits,
    policy: { version: policy.version, hash: policy.hash, reference: reference.hash },
    keyVersion: tools.keyring.current().keyVersion,
    at: swipe.at,
    occurredAt: swipe.via === "nhsa" ? swipe.occurredAt : undefined,
    decidedAt: Math.floor(decidedAt),
    elapsedMs: milliseconds(decidedAt - facts.startedAt),
    timings: {
      observe: milliseconds(facts.heardAt - facts.startedAt),
      judge: milliseconds(decidedAt - facts.heardAt),
    },
    personSeq: facts.personSeq,
    supersedes: facts.supersedes.map((key) => Buffer.from(key, "latin1").toString("base64url")),
    vector,
    unasked: facts.unasked ? true : undefined,
    lines: checkedLines(swipe, reference),
  };
}

/** How the till counts each line: a unit of it in ledger units, 1 for packs, a part of it for tablets. */
export function checkedLines(
  swipe: PseudonymisedSwipe,
  reference: ReferenceBundle,
): readonly CheckedLine[] {
  return swipe.lines.map((line) => {
    const drug = reference.drug(line.drug);
    const perUnit = line.unit === "pack" ? 1 : ledgerQuantity(ONE * ONE, line, drug) / (ONE * ONE);
    return { line: line.line, drug: line.drug, perUnit };
  });
}

/** To the microsecond: the clock gives no more. Never negative, also where the clock was stepped back meanwhile. */
function milliseconds(took: DurationMs): number {
  return Math.max(0, Math.round(took * 1_000) / 1_000);
}
