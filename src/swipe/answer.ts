import { z } from "zod";
import { LEVELS, SWIPE_STATES } from "./vocabulary.ts";

const Bilingual = z.object({
  zh: z.string().describe("Chinese, for the cashier"),
  en: z.string().describe("English"),
});

export const AnswerHit = z
  .object({
    rule: z
      .string()
      .describe("id of the rule, for instance OQ-02; SYS-01 for facts not read in time"),
    level: z.enum(LEVELS).describe("level in force; warn when cleared"),
    category: z.string().describe("family of the rule, for instance over-quantity"),
    name: Bilingual,
    message: Bilingual,
    evidence: z
      .record(z.string(), z.union([z.number(), z.boolean(), z.string()]))
      .describe("what was seen and the limit; empty where the rule discloses its sentence only"),
    lines: z.array(z.string()).describe("lines at fault; empty where the whole swipe is meant"),
    clearedBy: z
      .string()
      .optional()
      .describe("what cleared it: an override code, a verification method, or `agent`"),
  })
  .meta({ title: "AnswerHit" });

/** The answer to a check (contract section 2). */
export const DecisionAnswer = z
  .object({
    swipeId: z.string().describe("as it was sent"),
    decision: z
      .enum(LEVELS)
      .describe(
        "highest level among the enforced hits that are not cleared. allow: settle; warn: settle after the pharmacist has read the message; stepUp: verify the person or register the proxy, then check again with `supersedes`; hold: get the store manager's override code, then check again with `supersedes`; deny: the fund does not pay for the lines named (all, where none is), a cash sale stays possible",
      ),
    mode: z
      .enum(["full", "partial", "standIn"])
      .optional()
      .describe(
        "how it was reached. full: with all facts; partial: without those in `missing`; standIn: the store did not answer, so without what it remembers. Absent only on an answer recalled after 24 h",
      ),
    missing: z.array(z.string()).describe("facts that could not be read in time"),
    hits: z.array(AnswerHit),
    policy: z
      .object({
        version: z.string().describe("as the policy file names itself"),
        hash: z.string().describe("sha256: over the canonical policy"),
        reference: z.string().describe("sha256: over the reference bundle"),
      })
      .optional()
      .describe("what it was decided by; absent only on an answer recalled after 24 h"),
    decidedAt: z.string().describe("RFC 3339, UTC, milliseconds"),
    elapsedMs: z.number().describe("milliseconds from the body read to the answer"),
    recalled: z
      .boolean()
      .optional()
      .describe("true for a repeat after 24 h: level and state are all that is left"),
    state: z.enum(SWIPE_STATES).optional().describe("given with `recalled`"),
  })
  .meta({ title: "DecisionAnswer" });
export type DecisionAnswer = Readonly<z.infer<typeof DecisionAnswer>>;
export type AnswerHit = Readonly<z.infer<typeof AnswerHit>>;

/** The answer to a settlement, a reversal, an acknowledgement and a look-up. */
export const SwipeState = z
  .object({
    swipeId: z.string().describe("the check's swipeId"),
    state: z
      .enum(SWIPE_STATES)
      .describe(
        "attempted: asked or refused, nothing is held; reserved: may be settled, for 15 minutes; lapsed: these are over; presumed: an NHSA sale taken as sold when they are over; superseded: a later step of the same sale took its place; settled: dispensed on the fund; returned: came back; waiting: recorded, and applied in order once the store answers",
      ),
    level: z.enum(LEVELS).optional().describe("level answered; absent while waiting"),
    lines: z
      .array(
        z.object({
          line: z
            .string()
            .describe("id of the line as checked; a number of the guard's after 24 h"),
          drug: z.string().optional().describe("drug code as checked; for 24 h"),
          quantity: z.number().describe("packs left (slices: grams), up to four decimals"),
        }),
      )
      .optional()
      .describe("what is left of each line, for 90 days"),
    hits: z.array(AnswerHit).optional().describe("for 24 h"),
    partlyReturned: z.boolean().optional().describe("some of it came back; the rest still counts"),
    late: z.boolean().optional().describe("settled after its reservation had lapsed"),
    settledAgainst: z
      .boolean()
      .optional()
      .describe("settled although answered stepUp, hold or deny: a finding"),
    unchecked: z.boolean().optional().describe("entered as settled without a check"),
    codesKept: z
      .boolean()
      .optional()
      .describe("a part came back without its trace codes, so none was freed"),
    nothingToReverse: z.boolean().optional().describe("the check had reserved nothing"),
  })
  .meta({ title: "SwipeState" });
export type SwipeState = Readonly<z.infer<typeof SwipeState>>;
