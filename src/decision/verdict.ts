import type { FeatureVector } from "../features/vector.ts";
import { answeredHits, type Enforcement, highest } from "../rules/enforcement.ts";
import type { Hit } from "../rules/hit.ts";
import { judge } from "../rules/judge.ts";
import type { Policy } from "../rules/policy.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Level, Mode } from "../swipe/vocabulary.ts";

/** All that a verdict hangs on; whoever has these and the policy gets the same one. */
export interface Evidence {
  readonly vector: FeatureVector;
  readonly swipe: PseudonymisedSwipe;
  /** The milder of the setting's and the policy's, at this pharmacy. */
  readonly enforcement: Enforcement;
  /** The store was not heard at all. */
  readonly standIn: boolean;
}

export interface Verdict {
  readonly decision: Level;
  /** What it would have been with everything enforced. */
  readonly wouldBe: Level;
  readonly mode: Mode;
  readonly missing: readonly string[];
  /** What of it is answered. */
  readonly answered: readonly Hit[];
  /** Everything the rules said, shadow included. */
  readonly hits: readonly Hit[];
}

/** What the rules say, and how much of it is answered: the same code for a till and for its record. */
export function verdictOf(policy: Policy, evidence: Evidence): Verdict {
  const { vector, swipe, enforcement, standIn } = evidence;
  const judgement = judge(policy, vector, swipe);
  const answered = answeredHits(judgement, enforcement);
  return {
    decision: highest(answered),
    wouldBe: judgement.level,
    mode: standIn ? "standIn" : judgement.mode,
    missing: judgement.missing,
    answered,
    hits: [...judgement.hits, ...judgement.unheard],
  };
}
