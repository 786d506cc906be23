import type { AnswerHit } from "../../src/swipe/answer.ts";
import type { Level } from "../../src/swipe/vocabulary.ts";
import type { Verdict } from "../floors/door.ts";
import type { PeerRule } from "../workload/twenty-rules.ts";
import { type Facts, factName } from "./countings.ts";

const RANK: Readonly<Record<Level, number>> = { allow: 0, warn: 1, stepUp: 2, hold: 3, deny: 4 };

/** What the rules that fired come to, in the guard's form; the sentences are about as long as its own. */
export function verdictOf(fired: readonly PeerRule[], facts: Facts): Verdict {
  let decision: Level = "allow";
  for (const { level } of fired) if (RANK[level] > RANK[decision]) decision = level;
  return { decision, hits: fired.map((rule) => hitOf(rule, facts)) };
}

function hitOf(rule: PeerRule, facts: Facts): AnswerHit {
  const evidence: AnswerHit["evidence"] =
    rule.kind === "listed"
      ? { listed: true }
      : { seen: facts[factName(rule.id)] ?? 0, limit: rule.atLeast };
  return {
    ...{ rule: rule.id, level: rule.level, category: "counted", evidence, lines: [] },
    name: { zh: "规则计数超出上限", en: "More than the rule allows" },
    message: {
      zh: "该项计数在规定时间内超出上限,请核对后再结算。",
      en: "More than usual in a short time. Look at it before you settle.",
    },
  };
}
