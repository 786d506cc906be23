import type { ProblemCode } from "../swipe/problem.ts";

/** The one table from what is wrong to the HTTP status (contract section 2). */
export const STATUS_OF: Readonly<Record<ProblemCode, number>> = {
  bad_request: 400,
  total_mismatch: 400,
  unauthenticated: 401,
  forbidden: 403,
  swipe_unknown: 404,
  not_found: 404,
  method_not_allowed: 405,
  content_conflict: 409,
  person_conflict: 409,
  state_conflict: 409,
  too_large: 413,
  unsupported_media: 415,
  share_used: 429,
  uploads_busy: 429,
  internal: 500,
  not_yet: 501,
  overloaded: 503,
  draining: 503,
  store_unavailable: 503,
  journal_unavailable: 503,
};

/** Where trying again later can help, the answer says when. */
export function mayRetry(code: ProblemCode): boolean {
  return STATUS_OF[code] === 429 || STATUS_OF[code] === 503;
}
