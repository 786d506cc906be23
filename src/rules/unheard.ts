import type { Level } from "../swipe/vocabulary.ts";
import { levelRank } from "../swipe/vocabulary.ts";
import type { Relief } from "./clearing.ts";
import { clearedBy } from "./clearing.ts";
import type { Bilingual, Hit } from "./hit.ts";
import type { Rule } from "./rule.ts";

/** The guard's own hit: facts could not be read in time. */
export const SYS_01 = "SYS-01";

const NAME: Bilingual = { zh: "部分信息暂未读取", en: "Some facts could not be read" };
const READ_AND_SETTLE: Bilingual = {
  zh: "系统暂未读取到部分历史信息,请核对处方、药品和追溯码后结算。",
  en: "Some earlier facts could not be read in time. Check prescription, medicine and trace codes, then settle.",
};
const VERIFY: Bilingual = {
  zh: "系统暂未读取到部分历史信息,请核验本人(人脸或身份证)或登记代购人后重试。",
  en: "Some earlier facts could not be read in time. Verify the person (face or ID card) or register the proxy, then check again.",
};

function messageAt(level: Level): Bilingual {
  return levelRank(level) >= levelRank("stepUp") ? VERIFY : READ_AND_SETTLE;
}

/** What one rule says because a fact it hangs on is missing: its `ifMissing`, unless the swipe already cleared it. */
export function unheardHit(rule: Rule, relief: Relief): Hit {
  const cleared = clearedBy(rule, rule.ifMissing, relief);
  return {
    rule: rule.id,
    level: cleared === undefined ? rule.ifMissing : "warn",
    category: rule.category,
    name: rule.name,
    message: messageAt(rule.ifMissing),
    evidence: {},
    lines: [],
    hard: rule.hard,
    shadow: rule.mode === "shadow",
    disclose: rule.disclose,
    ifMissing: true,
    ...(cleared !== undefined && { clearedBy: cleared, raised: rule.ifMissing }),
  };
}

/** All of them as the one hit that is answered, at the highest level among them; undefined when there is none. */
export function unheardOf(unheard: readonly Hit[]): Hit | undefined {
  if (unheard.length === 0) return undefined;
  let level: Level = "allow";
  for (const hit of unheard) if (levelRank(hit.level) > levelRank(level)) level = hit.level;
  return {
    rule: SYS_01,
    level,
    category: "system",
    name: NAME,
    message: messageAt(level),
    evidence: { rules: unheard.map((hit) => hit.rule).join(", ") },
    lines: [],
    hard: false,
    shadow: false,
    disclose: "full",
    ifMissing: true,
  };
}
