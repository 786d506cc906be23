import { z } from "zod";
import { LEVELS, SWIPE_STATES } from "../swipe/vocabulary.ts";

const Line = z.looseObject({
  jrd_id: z.string().describe("id of this entry"),
  rx_id: z.string().describe("the line's feedetl_sn"),
  vola_item_type: z.string().describe("1: at fault"),
  vola_amt: z.number().describe("the line's amount, yuan"),
});

/** One hit in the shape of transaction 3101 (domain 1.6). */
const Finding = z.looseObject({
  jr_id: z.string().optional().describe("id of this entry"),
  rule_id: z.string().describe("id of the rule, for instance OQ-02"),
  rule_name: z.string().optional().describe("its name in Chinese"),
  vola_cont: z.string().describe("its sentence in Chinese"),
  vola_amt: z.number().optional().describe("yuan: the lines at fault, or the whole swipe"),
  vola_amt_stas: z.string().optional().describe("1: the amount is computed"),
  sev_deg: z.string().optional().describe("轻度可疑 warn or stepUp, 高度可疑 hold, 明确违规 deny"),
  vola_evid: z
    .string()
    .optional()
    .describe("what was seen and the limit, for instance `onHandDays=41; limit=30`"),
  vola_bhvr_type: z.string().optional().describe("empty: NHSA's table of behaviours is not public"),
  judge_result_detail_dtos: z
    .array(Line)
    .optional()
    .describe("lines at fault; empty where the whole swipe is meant"),
});

const Refused = z.looseObject({
  code: z.string().describe("as in Problem"),
  title: z.string().optional().describe("English, the same for every problem of this code"),
  action: z.string().optional().describe("what to do"),
  paths: z
    .array(
      z.object({
        path: z.string().describe("for instance input.drugdetail[0].cnt; $ is the body itself"),
        reason: z.string().describe("what it must be"),
      }),
    )
    .optional()
    .describe("fields at fault; never their values"),
  state: z.string().optional().describe("the state that stands in the way"),
  detail: z.string().optional().describe("one more sentence"),
});

export const NhsaAnswer = z
  .looseObject({
    infcode: z.number().int().describe("0 for allow and warn, -1 otherwise"),
    inf_refmsgid: z.string().describe("the msgid answered"),
    refmsg_time: z.string().describe("China local time without offset"),
    respond_time: z.string().describe("China local time without offset"),
    err_msg: z.string().describe("one Chinese sentence for the cashier, at most 100 characters"),
    output: z.looseObject({
      decision: z.enum(LEVELS).optional().describe("of 2101 and 2102, as in DecisionAnswer"),
      mode: z.enum(["full", "partial", "standIn"]).optional().describe("as in DecisionAnswer"),
      missing: z.array(z.string()).optional().describe("facts that could not be read in time"),
      problem: Refused.optional().describe("why the message was refused"),
      result: z.array(Finding).describe("in the shape of 3101"),
      matched: z
        .number()
        .int()
        .optional()
        .describe(
          "0: no sale was found for this message; for a list, how many of its rows have theirs",
        ),
      state: z.enum(SWIPE_STATES).optional().describe("of the sale now, as in SwipeState"),
      recalled: z
        .boolean()
        .optional()
        .describe("true for a repeat after 24 h: level and state are all that is left"),
      codesKept: z
        .boolean()
        .optional()
        .describe("3506: a part came back without its trace codes, so none was freed"),
    }),
  })
  .meta({ title: "NhsaAnswer", description: "The NHSA response envelope, also for problems." });
