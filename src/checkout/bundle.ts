import type { DrugKey } from "../counters/contract.ts";
import type { DrugIdentity, ReferenceBundle } from "../reference/bundle.ts";
import type { Policy } from "../rules/policy.ts";

/** Policy (with its plan) and reference data swap together between two checks; a decision names the one bundle it used. */
export interface Bundle {
  readonly policy: Policy;
  readonly reference: ReferenceBundle;
  drugKey(identity: DrugIdentity): DrugKey;
}
