import type { EventData } from "../audit/event.ts";
import { toPseudonymisedSwipe } from "../audit/recorded-swipe.ts";
import type { Decided } from "../decision/decided.ts";
import { told } from "../decision/told.ts";
import type { FeatureVector, Reading } from "../features/vector.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import { answeredHits } from "../rules/enforcement.ts";
import type { Hit } from "../rules/hit.ts";
import { unheardOf } from "../rules/unheard.ts";
import { checkedLines } from "./decide.ts";
import type { RecordedCheck } from "./under-check.ts";

/** A check as the record has it, decided when it was told, or entered later. */
export type CheckRecord = EventData<"swipe.decided"> | EventData<"swipe.entered">;

/** The swipe of a record, ready to be told the store; undefined in a record from before contents were recorded. */
export function recordedCheck(data: CheckRecord): RecordedCheck | undefined {
  if (data.content === undefined) return undefined;
  return {
    swipe: toPseudonymisedSwipe(data.swipe),
    content: Buffer.from(data.content, "base64url").toString("latin1"),
    scope: data.scope ?? "",
  };
}

/** The decision of a record as it was sealed, or would have been: what the till was told, to the letter. */
export function recordedDecision(data: CheckRecord, reference: ReferenceBundle): Decided {
  const swipe = toPseudonymisedSwipe(data.swipe);
  const hits = data.hits as readonly Hit[];
  return {
    swipeId: data.swipeId,
    decision: data.decision,
    wouldBe: data.wouldBe ?? data.decision,
    enforcement: data.enforcement,
    mode: data.mode,
    missing: data.missing,
    answered: answeredOf(hits, data.enforcement).map(told),
    hits,
    policy: data.policy,
    keyVersion: data.keyVersion,
    at: swipe.at,
    ...(swipe.via === "nhsa" ? { occurredAt: swipe.occurredAt } : {}),
    decidedAt: Date.parse(data.decidedAt),
    elapsedMs: data.elapsedMs,
    timings: { observe: data.timings["observe"] ?? 0, judge: data.timings["judge"] ?? 0 },
    personSeq: data.personSeq,
    supersedes: data.supersedes ?? [],
    vector: vectorOf(data),
    lines: checkedLines(swipe, reference),
    ...(isUnasked(data) ? { unasked: true as const } : {}),
  };
}

/** Sold without asking: entered later, and no till was told anything. */
function isUnasked(data: CheckRecord): boolean {
  return "enteredAt" in data && data.answered === undefined;
}

/** The record has what every rule said, and those that lacked a fact apart: they are answered as one. */
function answeredOf(hits: readonly Hit[], enforcement: Decided["enforcement"]): readonly Hit[] {
  const sys01 = unheardOf(hits.filter((hit) => hit.ifMissing === true && !hit.shadow));
  const heard = hits.filter((hit) => hit.ifMissing !== true);
  return answeredHits({ hits: heard, ...(sys01 === undefined ? {} : { sys01 }) }, enforcement);
}

/** Names keep the order of their plan, those of the whole swipe first. */
function vectorOf({ features, swipe }: CheckRecord): FeatureVector {
  const all = Object.values(features);
  const whole = all.filter((feature) => feature.lines === undefined);
  const byLine = all.flatMap((feature) => (feature.lines === undefined ? [] : [feature.lines]));
  return {
    swipe: whole.map((feature): Reading => feature.value ?? "missing"),
    lines: swipe.lines.map((_, line) => byLine.map((values): Reading => values[line] ?? "missing")),
  };
}
