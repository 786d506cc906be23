import { z } from "zod";
import { AnswerHit } from "./answer.ts";
import { instant, SWIPE_ID } from "./fields.ts";
import { OPERATIONS, type ReplayLine } from "./replay-line.ts";
import { LEVELS, SWIPE_STATES } from "./vocabulary.ts";

/** A till that was offline uploads what it sold (contract section 2): limits of one upload. */
export const BATCH_LINES_MAX = 1_000;
export const BATCH_BYTES_MAX = 4 * 1_048_576;
export const BATCH_DAYS_BACK = 7;
/** A till's clock may be ahead by so much; what it says is then taken as just now. */
export const BATCH_MINUTES_AHEAD = 5;

/** One line of an upload: a replay line, and nothing beside it, so that no name or number slips in. */
export const BatchLine = z
  .strictObject({
    at: instant().describe(
      "when it happened, by the till's clock: windows, days and lists follow it; at most 7 days back, and no line before the one above it",
    ),
    op: z
      .enum(OPERATIONS)
      .describe("the address it would have been posted to; nhsa/2102 is POST /nhsa/2102"),
    swipeId: z
      .string()
      .regex(SWIPE_ID, "must be 8 to 64 letters, digits, dots, underscores or hyphens")
      .optional()
      .describe("needed for what follows a check; NHSA messages name it themselves"),
    body: z
      .record(z.string(), z.unknown())
      .describe(
        "as posted to the operation's own address; its own schema is that of the operation",
      ),
  })
  .meta({
    title: "BatchLine",
    description:
      "One line of an upload of a till that was offline; one JSON object a line (NDJSON).",
  });
export type BatchLine = z.infer<typeof BatchLine>;

export const BatchAnswer = z
  .object({
    line: z.number().int().describe("number of the line in the upload, from 1; empty lines count"),
    op: z.enum(OPERATIONS).optional().describe("absent where the line could not be read"),
    swipeId: z.string().optional().describe("absent where the line has none"),
    at: z.string().optional().describe("the line's time, RFC 3339, UTC"),
    decision: z
      .enum(LEVELS)
      .optional()
      .describe(
        "of a check: what the decision would have been, or was, where the swipe had been checked before",
      ),
    mode: z.enum(["full", "partial", "standIn"]).optional().describe("as in DecisionAnswer"),
    hits: z
      .array(
        z.object({
          rule: AnswerHit.shape.rule,
          level: AnswerHit.shape.level,
          shadow: z
            .boolean()
            .describe("always false: rules in shadow are recorded, never answered"),
        }),
      )
      .optional(),
    recalled: z
      .boolean()
      .optional()
      .describe("true for a repeat after 24 h: level and state are all that is left"),
    state: z
      .enum(SWIPE_STATES)
      .optional()
      .describe("given with `recalled`, and with the problem state_conflict"),
    matched: z
      .number()
      .int()
      .optional()
      .describe("of an NHSA message that follows a sale, as there"),
    problem: z
      .string()
      .optional()
      .describe(
        "code of what was wrong with this line, as in Problem: it changed nothing; absent: it was taken, now or before",
      ),
    status: z.number().int().optional().describe("what the line had been answered by itself"),
    title: z.string().optional().describe("what is wrong, in English"),
    action: z.string().optional().describe("what to do"),
    detail: z.string().optional().describe("one more sentence; never a value of the line"),
    paths: z
      .array(
        z.object({
          path: z.string().describe("for instance body.lines[0].amount; $ is the line itself"),
          reason: z.string().describe("what it must be"),
        }),
      )
      .optional()
      .describe("fields at fault; never their values"),
  })
  .meta({
    title: "BatchAnswer",
    description:
      "What one line of an upload came to; one JSON object a line, in the upload's order.",
  });
export type BatchAnswer = Readonly<z.infer<typeof BatchAnswer>>;

/** Where a body says whose it is; the other messages are about a swipe and have an id of their own. */
const OWN_ID: Readonly<Partial<Record<ReplayLine["op"], string>>> = {
  check: "swipeId",
  "nhsa/2101": "msgid",
  "nhsa/2102": "msgid",
  "nhsa/2102/answer": "inf_refmsgid",
};

/** Name of the field of a line's body that must be the line's swipeId; undefined where there is none. */
export function ownIdOf(op: ReplayLine["op"]): string | undefined {
  return OWN_ID[op];
}
