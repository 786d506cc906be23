import type { FastifySchema } from "fastify";
import { z } from "zod";
import { NhsaCancelEnvelope, NhsaSettledEnvelope, NhsaUndoEnvelope } from "../swipe/nhsa/after.ts";
import { NhsaSaleEnvelope } from "../swipe/nhsa/envelope.ts";
import type { NhsaRoute } from "../swipe/nhsa/route.ts";
import type { ProblemCode } from "../swipe/problem.ts";
import { PROBLEMS } from "../swipe/problem.ts";
import { LEVELS } from "../swipe/vocabulary.ts";
import { answered } from "./problem-responses.ts";
import { STATUS_OF } from "./statuses.ts";

/** What the OpenAPI document says of the NHSA routes; the codec in swipe/nhsa reads and writes the envelopes. */

const UploadEnvelope = z
  .looseObject({
    infno: z.string(),
    msgid: z.string(),
    fixmedins_code: z.string(),
    input: z.looseObject({}),
  })
  .meta({
    title: "NhsaUploadEnvelope",
    description: "3505 or 3506 as the till sends it (not available yet).",
  });

const BODIES: Readonly<Record<NhsaRoute, z.ZodType>> = {
  "2101": NhsaSaleEnvelope,
  "2102": NhsaSaleEnvelope,
  "2103": NhsaCancelEnvelope,
  "2601": NhsaUndoEnvelope,
  "3505": UploadEnvelope,
  "3506": UploadEnvelope,
  "2102/answer": NhsaSettledEnvelope,
};

export const NhsaAnswer = z
  .looseObject({
    infcode: z.number().int().describe("0 for allow and warn, -1 otherwise"),
    inf_refmsgid: z.string().describe("the msgid answered"),
    refmsg_time: z.string().describe("China local time without offset"),
    respond_time: z.string().describe("China local time without offset"),
    err_msg: z.string().describe("one Chinese sentence for the cashier, at most 100 characters"),
    output: z.looseObject({
      decision: z.enum(LEVELS).optional(),
      mode: z.enum(["full", "partial", "standIn"]).optional(),
      missing: z.array(z.string()).optional(),
      problem: z.looseObject({ code: z.string() }).optional(),
      result: z
        .array(z.looseObject({ rule_id: z.string(), vola_cont: z.string() }))
        .describe("in the shape of 3101"),
      matched: z.number().int().optional().describe("0: no sale was found for this message"),
    }),
  })
  .meta({ title: "NhsaAnswer", description: "The NHSA response envelope, also for problems." });

const SUMMARIES: Readonly<Record<NhsaRoute, string>> = {
  "2101": "Trial settlement: checked, counted as an attempt, nothing reserved",
  "2102": "Settlement: checked and reserved; without a word afterwards presumed sold",
  "2103": "Cancel a settlement",
  "2601": "Reverse a message",
  "3505": "Sale upload: settles what it matches",
  "3506": "Return upload",
  "2102/answer": "NHSA's own answer to 2102, as it is: settles, or releases the reservation",
};

const CODES: readonly ProblemCode[] = [
  "bad_request",
  "swipe_unknown",
  "content_conflict",
  "too_large",
  "unsupported_media",
  "overloaded",
  "internal",
  "not_yet",
  "draining",
];

export function nhsaDocs(route: NhsaRoute): FastifySchema {
  const problems = CODES.map((code) => [
    STATUS_OF[code],
    { description: PROBLEMS[code].title, content: { "application/json": { schema: NhsaAnswer } } },
  ]);
  return {
    tags: ["NHSA"],
    operationId: `nhsa${route.replace("/answer", "Answer")}`,
    summary: SUMMARIES[route],
    body: BODIES[route],
    response: {
      200: answered("The envelope; infcode says whether the till may settle.", NhsaAnswer),
      ...Object.fromEntries(problems),
    },
  };
}
