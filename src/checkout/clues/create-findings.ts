import type { EventData } from "../../audit/event.ts";
import { pseudonymBytes } from "../../features/digests.ts";
import { codesOf } from "../../features/trace-codes.ts";
import type { PseudonymisedLine } from "../../swipe/pseudonymised-swipe.ts";
import type { AnsweredCheck, BroughtCode, BroughtCodes, Findings } from "../findings.ts";
import { IndicatorBook } from "../indicators/indicator-book.ts";
import { Pages } from "../indicators/pages.ts";
import type { Recorder } from "../recorder.ts";
import type { DeskTools } from "../tools.ts";
import { createAfterwork } from "./afterwork.ts";
import { candidateOf, seekCohort } from "./cohorts.ts";
import { SOLD_ELSEWHERE, SOLD_HERE } from "./holders.ts";
import { settledClue } from "./settled-findings.ts";
import { sharedIdentity } from "./shared-identity.ts";
import { duplicatesOf, raiseDuplicate } from "./trace-duplicates.ts";

/** What a check's rules must have said for its codes to be looked at: enforced or in shadow. */
const TRACE_RULES: ReadonlySet<string> = new Set([SOLD_ELSEWHERE, SOLD_HERE]);

/** Everything that is found out behind answers, worked out one after the other. */
export function createFindings(tools: DeskTools): Findings {
  const { observer, store, bundle } = tools;
  const now = () => Math.floor(tools.clock.now());
  const afterwork = createAfterwork(observer);
  const recorder: Recorder = {
    ...tools.recorder,
    clue: (data, part) => {
      observer.notice({ kind: "clue.raised", labels: { clue: data.kind } });
      return tools.recorder.clue(data, part);
    },
  };
  const traceTools = { store, recorder, now, bundle };
  const pages = tools.pages ?? new Pages();
  const book = new IndicatorBook({ recorder, observer, now, bundle, afterwork, pages });

  function traceCodes(brought: BroughtCodes): void {
    for (const duplicate of duplicatesOf(brought, now()))
      afterwork.add("traceDuplicate", () => raiseDuplicate(traceTools, brought, duplicate));
  }

  return {
    answered: (check) => {
      // Most checks have no hit, and these ask for one.
      if (check.decided.hits.length > 0) {
        const brought = repeatedCodes(check);
        if (brought !== undefined) traceCodes(brought);
        const identity = sharedIdentity(check);
        if (identity !== undefined) afterwork.add("sharedIdentity", () => recorder.clue(identity));
      }
      const candidate = candidateOf(check);
      if (candidate !== undefined)
        afterwork.add("cohort", () => seekCohort({ store, recorder }, candidate));
      book.answered(check);
    },
    settled: (done, record) => {
      const finding = done.transition?.finding;
      if (finding !== undefined) {
        const clue: EventData<"clue.raised"> = settledClue(done, record, finding);
        afterwork.add("settledAgainst", () => recorder.clue(clue));
      }
      book.settled(done);
    },
    reversed: (done, record) => book.reversed(done, record),
    traceCodes,
    idle: async () => {
      book.advance();
      await afterwork.idle();
    },
  };
}

/** The codes of a check of which TR-01 or TR-02 spoke, as it saw them. */
function repeatedCodes(check: AnsweredCheck): BroughtCodes | undefined {
  const { swipe, observation, decided, memory } = check;
  const isHit = decided.hits.some(({ rule, ifMissing }) => TRACE_RULES.has(rule) && !ifMissing);
  if (!isHit || memory === undefined) return undefined;
  const codes: BroughtCode[] = [];
  let next = 0;
  for (const line of swipe.lines) {
    for (const id of codesOf(line)) {
      const known = memory.traceCodes[next++];
      if (known !== undefined) codes.push({ ...lineFacts(line, id), known });
    }
  }
  const { code: pharmacy, area, terminal, operator } = swipe.pharmacy;
  return {
    swipe: observation.swipe,
    swipeId: swipe.swipeId,
    ...{ pharmacy, area, terminal, operator },
    person: swipe.person.id,
    at: swipe.at,
    by: "check",
    ...(decided.unasked ? {} : { answered: decided.decision }),
    codes,
  };
}

function lineFacts(line: PseudonymisedLine, id: string): Omit<BroughtCode, "known"> {
  const product = line.traceCodes.find((code) => code.id === id)?.product;
  return {
    line: line.line,
    code: pseudonymBytes(id),
    ...(product === undefined ? {} : { product }),
    drug: line.drug,
    split: line.splitPack,
    quantity: line.quantity,
    amount: line.amount,
  };
}
