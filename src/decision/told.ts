import type { Hit } from "../rules/hit.ts";
import type { AnswerHit } from "../swipe/answer.ts";

/** A hit as the till is told: rules that disclose only their sentence keep their numbers to the record. */
export function told(hit: Hit): AnswerHit {
  return {
    rule: hit.rule,
    level: hit.level,
    category: hit.category,
    name: hit.name,
    message: hit.message,
    evidence: hit.disclose === "sentence" ? {} : hit.evidence,
    lines: [...hit.lines],
    ...(hit.clearedBy === undefined ? {} : { clearedBy: hit.clearedBy }),
  };
}
