import { z } from "zod";
import { PROBLEMS, type Problem, type ProblemCode } from "../swipe/problem.ts";
import { STATUS_OF } from "./statuses.ts";

const CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** A problem as a till reads it: RFC 9457 with our code beside it. */
export const ProblemDocument = z
  .object({
    type: z.string().describe("urn:guard:problem:<code>"),
    title: z.string().describe("English, the same for every problem of this code"),
    zh: z.string().describe("the title in Chinese, for the cashier"),
    status: z.number().int().describe("the HTTP status again"),
    detail: z.string().optional().describe("one more sentence; never a value of the request"),
    instance: z.string().describe("urn:guard:request:<id>, to quote to the operator"),
    code: z.enum(CODES).describe("what is wrong; `title` says it in a sentence"),
    action: z.string().describe("what to do"),
    paths: z
      .array(
        z.object({
          path: z.string().describe("for instance lines[0].amount; $ is the body itself"),
          reason: z.string().describe("what it must be"),
        }),
      )
      .optional()
      .describe("fields at fault; never their values"),
    state: z.string().optional().describe("the state that stands in the way, for state_conflict"),
  })
  .meta({ title: "Problem" });
export type ProblemDocument = Readonly<z.infer<typeof ProblemDocument>>;

export function problemDocument(problem: Problem, requestId: string): ProblemDocument {
  const { title, zh, action } = PROBLEMS[problem.code];
  return {
    type: `urn:guard:problem:${problem.code}`,
    title,
    zh,
    status: STATUS_OF[problem.code],
    ...(problem.detail !== undefined && { detail: problem.detail }),
    instance: `urn:guard:request:${requestId}`,
    code: problem.code,
    action,
    ...(problem.paths && { paths: problem.paths.map(({ path, reason }) => ({ path, reason })) }),
    ...(problem.state !== undefined && { state: problem.state }),
  };
}
