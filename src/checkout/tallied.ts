import type { LedgerEntry, TallyUse } from "../counters/contract.ts";
import { tallyUsesOf } from "../features/tallies.ts";
import type { DeskTools } from "./tools.ts";

/** What a sale counts in by the policy in force now: what that does not count needs no correction. */
export function talliedBy(
  tools: Pick<DeskTools, "bundle">,
): (entry: LedgerEntry) => readonly TallyUse[] {
  return (entry) => {
    const { policy, reference } = tools.bundle();
    return tallyUsesOf(policy.plan, entry, reference);
  };
}
