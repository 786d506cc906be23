import type { Problem } from "../swipe/problem.ts";

/** The request's bytes are not what its headers say they are. Carries the problem, never the bytes. */
export class BodyError extends Error {
  readonly code = "GUARD_HTTP_BODY";
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(`The body was refused: ${problem.code}.`);
    this.name = "BodyError";
    this.problem = problem;
  }
}

/** An address whose swipeId cannot be one; the id itself is not repeated. */
export const BAD_SWIPE_ID: Problem = {
  code: "bad_request",
  paths: [
    { path: "swipeId", reason: "must be 8 to 64 letters, digits, dots, underscores or hyphens" },
  ],
};

/**
 * What Fastify says before a handler runs, in our words: its own messages can quote the request.
 * Each entry is a code of https://fastify.dev/docs/latest/Reference/Errors/.
 */
const FASTIFY_PROBLEMS: Readonly<Record<string, Problem>> = {
  FST_ERR_BAD_URL: { code: "bad_request", detail: "The address is not validly encoded." },
  FST_ERR_MAX_PARAM_LENGTH: BAD_SWIPE_ID,
  FST_ERR_CTP_BODY_TOO_LARGE: { code: "too_large" },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: "unsupported_media" },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "bad_request",
    detail: "The body is not as long as content-length says.",
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: "bad_request", detail: "The body is empty." },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: "bad_request", detail: "The body is not valid JSON." },
};

const UNFORESEEN: Problem = { code: "internal" };

/** Total: whatever was thrown becomes a problem, and nothing of its message leaves. */
export function problemOf(error: unknown): Problem {
  if (error instanceof BodyError) return error.problem;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = FASTIFY_PROBLEMS[code];
  if (known) return known;
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? { code: "bad_request" } : UNFORESEEN;
}
