import type { FeaturePlan } from "../features/plan.ts";
import type { FeatureVector, Reading } from "../features/vector.ts";
import type { Enforcement } from "../rules/enforcement.ts";
import type { Policy } from "../rules/policy.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** What a decision is made again from: the facts of its record, nothing of its outcome. */
export interface RecordedFacts {
  readonly swipe: PseudonymisedSwipe;
  /** By name; `value` of the whole swipe, or `lines` one each. */
  readonly features: Readonly<
    Record<
      string,
      {
        readonly value?: Reading | undefined;
        readonly lines?: readonly Reading[] | undefined;
      }
    >
  >;
  /** 0: the store had not been heard. */
  readonly personSeq: number;
  readonly enforcement: Enforcement;
}

/** The record lacks a feature of this policy: it was decided by another one. */
export class ForeignRecordError extends Error {
  readonly code = "GUARD_DECISION_FOREIGN_RECORD";
  constructor(feature: string) {
    super(`The record has no ${feature}: decide it again with the policy that it names.`);
    this.name = "ForeignRecordError";
  }
}

/**
 * The decision once more, from its record alone (promise 6). With the policy that the record names it is equal to
 * what was recorded; with another policy that asks for no other features it is what that one would have said.
 *
 * @throws ForeignRecordError
 */
export function decideAgain(policy: Policy, recorded: RecordedFacts): Verdict {
  const { swipe, enforcement, personSeq } = recorded;
  const vector = vectorOf(policy.plan, recorded);
  return verdictOf(policy, { vector, swipe, enforcement, standIn: personSeq === 0 });
}

function vectorOf(plan: FeaturePlan, { features, swipe }: RecordedFacts): FeatureVector {
  const needed = (name: string, reading: Reading | undefined): Reading => {
    if (reading === undefined) throw new ForeignRecordError(name);
    return reading;
  };
  return {
    swipe: plan.swipe.map(({ name }) => needed(name, features[name]?.value)),
    lines: swipe.lines.map((_, line) =>
      plan.lines.map(({ name }) => needed(name, features[name]?.lines?.[line])),
    ),
  };
}
