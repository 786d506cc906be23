import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import { verificationMethod as methodOf, verificationOutcome } from "../swipe/verification.ts";
import type { Level } from "../swipe/vocabulary.ts";
import { EMERGENCY, normaliseMethod, REGISTERED_PROXY } from "./override-codes.ts";
import type { Rule } from "./rule.ts";

/** What the swipe brings along against a hit. */
export interface Relief {
  readonly agentRegistered: boolean;
  /** The method of a verification that passed. */
  readonly verified: string | undefined;
  /** The code of an override whose approver may approve. */
  readonly override: string | undefined;
}

/** An override counts when its approver is neither the operator nor suspended (contract, section 2). */
export function reliefOf(swipe: PseudonymisedSwipe, isApproverSuspended: boolean): Relief {
  const { verification, override, pharmacy, agent } = swipe;
  const mayApprove =
    override !== undefined && override.approver !== pharmacy.operatorStaff && !isApproverSuspended;
  return {
    agentRegistered: agent?.registered === true,
    verified:
      verification && verificationOutcome(verification) === "passed"
        ? verification.method
        : undefined,
    override: mayApprove ? override.code : undefined,
  };
}

/** What clears a hit of this level: `agent`, a verification method, an override code; undefined when nothing does. */
export function clearedBy(rule: Rule, level: Level, relief: Relief): string | undefined {
  if (level !== "stepUp" && level !== "hold") return undefined;
  const clearing = rule.clearedBy[level];
  if (clearing.agent && relief.agentRegistered) return "agent";
  const { verified, override } = relief;
  if (verified !== undefined && clearing.verification.has(normaliseMethod(methodOf(verified))))
    return verified;
  if (override === undefined) return undefined;
  const isEmergency = level === "hold" && override === EMERGENCY;
  const isProxy = clearing.agent && override === REGISTERED_PROXY;
  return isEmergency || isProxy || clearing.override.has(override) ? override : undefined;
}
