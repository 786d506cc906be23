import type { EventData } from "../../audit/event.ts";
import type { Decided } from "../../decision/decided.ts";
import { told } from "../../decision/told.ts";
import { ledgerQuantity, ONE } from "../../features/quantities.ts";
import type { Reading } from "../../features/vector.ts";
import { answeredHits } from "../../rules/enforcement.ts";
import type { Hit } from "../../rules/hit.ts";
import { unheardOf } from "../../rules/unheard.ts";
import type { PseudonymisedSwipe } from "../../swipe/pseudonymised-swipe.ts";
import type { Bundle } from "../bundle.ts";

export type RecordedCheck = EventData<"swipe.decided"> | EventData<"swipe.entered">;

/** Optional keys read from JSON are absent, never undefined, which the event's type cannot say. */
export function recordedSwipe({ swipe }: RecordedCheck): PseudonymisedSwipe {
  return swipe as PseudonymisedSwipe;
}

/**
 * A decision as it was taken, from its record: a repeat gets the very answer the till got. Nothing is judged again.
 * What the features were is in it as far as the policy in force has them.
 */
export function recordedDecision(data: RecordedCheck, { policy, reference }: Bundle): Decided {
  const swipe = recordedSwipe(data);
  const hits: readonly Hit[] = data.hits.map((hit) => ({ ...hit }) as Hit);
  const unheard = hits.filter((hit) => hit.ifMissing === true && !hit.shadow);
  const sys01 = unheardOf(unheard);
  const judgement = {
    hits: hits.filter((hit) => hit.ifMissing !== true),
    ...(sys01 === undefined ? {} : { sys01 }),
  };
  const { features } = data;
  const known = (reading: Reading | undefined): Reading => reading ?? "missing";
  return {
    swipeId: data.swipeId,
    decision: data.decision,
    wouldBe: data.wouldBe ?? data.decision,
    enforcement: data.enforcement,
    mode: data.mode,
    missing: data.missing,
    answered: answeredHits(judgement, data.enforcement).map(told),
    hits,
    policy: data.policy,
    keyVersion: data.keyVersion,
    at: swipe.at,
    ...(swipe.via === "nhsa" ? { occurredAt: swipe.occurredAt } : {}),
    decidedAt: Date.parse(data.decidedAt),
    elapsedMs: data.elapsedMs,
    timings: { observe: data.timings["observe"] ?? 0, judge: data.timings["judge"] ?? 0 },
    personSeq: data.personSeq,
    vector: {
      swipe: policy.plan.swipe.map(({ name }) => known(features[name]?.value)),
      lines: swipe.lines.map((_, line) =>
        policy.plan.lines.map(({ name }) => known(features[name]?.lines?.[line])),
      ),
    },
    lines: swipe.lines.map((line) => {
      const drug = reference.drug(line.drug);
      const perUnit =
        line.unit === "pack" ? 1 : ledgerQuantity(ONE * ONE, line, drug) / (ONE * ONE);
      return { line: line.line, drug: line.drug, perUnit };
    }),
    supersedes: data.supersedes ?? [],
  };
}
