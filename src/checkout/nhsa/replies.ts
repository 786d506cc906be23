import type { SwipeState } from "../../swipe/answer.ts";
import { type Exchange, nhsaMatched, nhsaProblem } from "../../swipe/nhsa/from-answer.ts";
import type { NhsaReply } from "../../swipe/nhsa/route.ts";
import type { Outcome, Problem } from "../../swipe/problem.ts";

/** The exchange as it is once the answer is ready. */
export type Answering = () => Exchange;

/** What became of a message about an earlier sale; `unmatched` is what is done when there is none. */
export async function matchedReply(
  outcome: Outcome<SwipeState>,
  exchange: Answering,
  unmatched: () => Promise<Problem | undefined>,
): Promise<NhsaReply> {
  if (!("problem" in outcome)) {
    const { nothingToReverse, state } = outcome.value;
    return nhsaMatched(nothingToReverse ? 0 : 1, exchange(), { state });
  }
  if (outcome.problem.code !== "swipe_unknown") return nhsaProblem(outcome.problem, exchange());
  const problem = await unmatched();
  return problem ? nhsaProblem(problem, exchange()) : nhsaMatched(0, exchange());
}
