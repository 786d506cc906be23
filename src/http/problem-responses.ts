import type { z } from "zod";
import { PROBLEMS, type ProblemCode } from "../swipe/problem.ts";
import { ProblemDocument } from "./problem-document.ts";
import { STATUS_OF } from "./statuses.ts";

/** The OpenAPI answer of a request that went well. */
export function answered(description: string, schema: z.ZodType): object {
  return { description, content: { "application/json": { schema } } };
}

/** What a problem looks like at a door. */
interface ProblemForm {
  readonly type: string;
  readonly schema: z.ZodType;
}

const NATIVE: ProblemForm = { type: "application/problem+json", schema: ProblemDocument };

/** The OpenAPI answers of these problems, several codes of one status together. */
export function problemResponses(
  codes: readonly ProblemCode[],
  { type, schema }: ProblemForm = NATIVE,
): Record<number, object> {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const lines = byStatus.get(STATUS_OF[code]) ?? [];
    lines.push(`${code}: ${PROBLEMS[code].title}`);
    byStatus.set(STATUS_OF[code], lines);
  }
  const responses = [...byStatus].map(([status, lines]) => [
    status,
    { description: lines.join("\n"), content: { [type]: { schema } } },
  ]);
  return Object.fromEntries(responses);
}
