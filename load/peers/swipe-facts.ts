import type { ClearSwipe } from "../../src/swipe/clear-swipe.ts";
import type { PeerRule } from "../workload/twenty-rules.ts";
import { type Facts, factName } from "./countings.ts";
import type { Lists } from "./lists.ts";

const CHINA = 8 * 3_600_000;

/** What needs no counter: the swipe's own values in yuan, and 1 where the person is on a list. */
export function swipeFacts(
  rules: readonly PeerRule[],
  lists: Lists,
  swipe: ClearSwipe,
  now: number,
): Facts {
  const facts: Record<string, number> = {};
  const day = new Date(now + CHINA).toISOString().slice(0, 10);
  for (const rule of rules) {
    if (rule.kind === "swipe") facts[factName(rule.id)] = swipe.total / 100;
    else if (rule.kind === "listed") {
      facts[factName(rule.id)] = lists.has(rule.list, swipe.person.number, day) ? 1 : 0;
    }
  }
  return facts;
}

/** From which value of its fact on a rule fires. */
export function limitOf(rule: PeerRule): number {
  return rule.kind === "listed" ? 1 : rule.atLeast;
}
