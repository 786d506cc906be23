import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import { verificationMethod as methodWord, verificationOutcome } from "../swipe/verification.ts";
import type { FeatureDefinition, Seen, ValueType } from "./definition.ts";
import { ABSENT } from "./definition.ts";
import { AGENT, VERIFICATION } from "./grounds.ts";
import type { ReadContext } from "./read-context.ts";
import { swipeFact } from "./swipe-features.ts";

/** Whether the check character of an identity number fits; absent where no 18-digit one was shown (rule IM-02). */
export const idChecksumValid = () =>
  swipeFact("boolean", "swipe", ({ swipe }) => swipe.credential.idFacts?.checksumValid);

/** Whether an identity number's birth date and sex are the person's; absent where neither can be compared. */
export const idMatches = () =>
  swipeFact("boolean", "swipe", ({ swipe }) => {
    const { birthMatches, sexMatches } = swipe.credential.idFacts ?? {};
    if (birthMatches === undefined && sexMatches === undefined) return ABSENT;
    return birthMatches !== false && sexMatches !== false;
  });

type Agent = NonNullable<PseudonymisedSwipe["agent"]>;

/** Tills that fill in every field say that the person came alone. */
const NOBODY: ReadonlySet<string> = new Set(["self", "own", "oneself", "none"]);

/** Somebody buys for the person. A form with nothing in it names nobody. */
export const agentGiven = () =>
  agentFact(({ swipe: { agent } }) => agent !== undefined && isSomebody(agent));

function isSomebody({ id, relation, registered }: Agent): boolean {
  if (registered) return true;
  const related = relation?.toLowerCase();
  if (related !== undefined && NOBODY.has(related)) return false;
  return id !== undefined || related !== undefined;
}

/** And it is said who. */
export const agentNamed = () => agentFact(({ swipe: { agent } }) => agent?.id !== undefined);

function agentFact(read: (context: ReadContext) => boolean): FeatureDefinition {
  return { ...swipeFact("boolean", "swipe", read), rests: { on: AGENT, without: false } };
}

function verificationFact(
  type: ValueType,
  read: (context: ReadContext) => Seen,
): FeatureDefinition {
  return { ...swipeFact(type, "swipe", read), rests: { on: VERIFICATION, without: ABSENT } };
}

/** `face`, `idCard`, `password`, `none`, or the till's own word; absent where nothing is said. */
export const verificationMethod = () =>
  verificationFact("string", ({ swipe: { verification } }) =>
    verification === undefined ? ABSENT : methodWord(verification.method),
  );

/**
 * Whether the person was shown to be who the credential says (rule IM-07). Absent where nothing was checked, and where
 * the check showed somebody else: a proxy stands there rightly, and `verificationOtherPerson` says so.
 */
export const verificationPassed = () =>
  verificationFact("boolean", ({ swipe: { verification } }) => {
    switch (verification && verificationOutcome(verification)) {
      case "passed":
        return true;
      case "failed":
      case "mismatch":
        return false;
      default:
        return ABSENT;
    }
  });

/** Whether the check showed another person than the credential's (rule IM-06); absent where nothing was checked. */
export const verificationOtherPerson = () =>
  verificationFact("boolean", ({ swipe: { verification } }) => {
    const outcome = verification && verificationOutcome(verification);
    if (outcome === undefined || outcome === "unsaid") return ABSENT;
    return outcome === "otherPerson" || outcome === "mismatch";
  });
