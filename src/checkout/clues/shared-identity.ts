import type { EventData } from "../../audit/event.ts";
import { instantText } from "../../swipe/calendar.ts";
import type { AnsweredCheck } from "../findings.ts";
import { base64url, findingDigest } from "./digest.ts";

/** One ID number behind several insured persons (domain section 6: a warn, and a clue). */
const RULE = "IM-09";

/**
 * Names the person who swiped; the others swiped with the same ID number and so have a clue of the same `clueId`.
 * Undefined for a check of which the rule did not speak.
 */
export function sharedIdentity({
  swipe,
  decided,
}: AnsweredCheck): EventData<"clue.raised"> | undefined {
  const hit = decided.hits.find(({ rule, ifMissing }) => rule === RULE && !ifMissing);
  const { idNumber } = swipe.credential;
  if (hit === undefined || idNumber === undefined) return undefined;
  const { code, area, terminal, operator } = swipe.pharmacy;
  return {
    clueId: base64url(findingDigest("identity", idNumber)),
    kind: "sharedIdentity",
    severity: "high",
    rules: [RULE],
    pharmacies: [code],
    swipes: [swipe.swipeId],
    persons: [swipe.person.id],
    now: {
      ...{ swipeId: swipe.swipeId, pharmacy: code, area, terminal, operator },
      ...{ person: swipe.person.id, at: instantText(swipe.at), by: "check" },
      answered: decided.decision,
    },
    lines: [],
    evidence: { ...hit.evidence, insurance: swipe.person.insurance, total: swipe.total },
    raisedAt: instantText(swipe.at),
  };
}
