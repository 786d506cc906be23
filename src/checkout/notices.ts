import type { Decided } from "../decision/decided.ts";
import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { DurationMs, Observer } from "../units.ts";

/** Tells operators of a check: levels, modes and rules; never of a person or a code. */
export function noticeAnswered(
  observer: Observer,
  swipe: PseudonymisedSwipe,
  decided: Decided,
  took: DurationMs,
): void {
  observer.notice({
    kind: "check.answered",
    labels: {
      decision: decided.decision,
      mode: decided.mode,
      stage: swipe.stage,
      via: swipe.via,
    },
    value: took / 1_000,
  });
  for (const fact of decided.missing) observer.notice({ kind: "check.missing", labels: { fact } });
  for (const hit of decided.hits) {
    const { rule, level } = hit;
    observer.notice({ kind: "rule.hit", labels: { rule, level, shadow: String(hit.shadow) } });
    if (hit.clearedBy !== undefined) {
      observer.notice({
        kind: "rule.cleared",
        labels: { rule, by: clearedBy(hit.clearedBy, swipe) },
      });
    }
  }
  if (swipe.override !== undefined) {
    const cleared = decided.hits.some((hit) => hit.clearedBy === swipe.override?.code);
    observer.notice({
      kind: "override.used",
      labels: { code: swipe.override.code, cleared: String(cleared) },
    });
  }
}

function clearedBy(by: string, swipe: PseudonymisedSwipe): "override" | "verification" | "agent" {
  if (by === swipe.override?.code) return "override";
  return by === "agent" ? "agent" : "verification";
}
