import { BATCH_LINES_MAX, BatchLine, ownIdOf } from "../../swipe/batch.ts";
import { badRequest, parseWith } from "../../swipe/faults.ts";
import { SWIPE_ID } from "../../swipe/fields.ts";
import type { Outcome, Problem } from "../../swipe/problem.ts";

/** A line of an upload as it came; read only when its turn comes, so that no upload is ever parsed at one go. */
export interface RawLine {
  /** From 1; empty lines count. */
  readonly number: number;
  readonly text: string;
}

/** A swipe of 200 lines and 300 codes is about 150 kB; parsing a megabyte takes some 10 ms. */
const LINE_CHARS_MAX = 1_048_576;

const NOT_NDJSON: Problem = {
  code: "bad_request",
  detail: "The body is not NDJSON: one JSON object a line.",
};
const TOO_MANY: Problem = {
  code: "too_large",
  detail: `An upload has at most ${BATCH_LINES_MAX} lines; send the rest as another.`,
};

/** The lines that are not empty; what is wrong with a whole upload changes nothing. */
export function linesOf(body: string): Outcome<readonly RawLine[]> {
  const lines: RawLine[] = [];
  let number = 0;
  for (let from = 0; from <= body.length; number += 1) {
    const end = body.indexOf("\n", from);
    const text = body.slice(from, end < 0 ? body.length : end);
    if (text.trim() !== "") lines.push({ number: number + 1, text });
    if (lines.length > BATCH_LINES_MAX) return { problem: TOO_MANY };
    from = end < 0 ? body.length + 1 : end + 1;
  }
  const isNdjson = lines.some(({ text }) => isObject(parseJson(text)));
  return isNdjson ? { value: lines } : { problem: NOT_NDJSON };
}

/** One line in the agreed form, and its body the swipe's that the line names; the body itself is the desk's to read. */
export function readLine({ text }: RawLine): Outcome<BatchLine> {
  const json = parseJson(text);
  if (!isObject(json)) return badRequest([{ path: "$", reason: "must be one JSON object" }]);
  const parsed = parseWith(BatchLine, json);
  if ("problem" in parsed) return parsed;
  const { op, swipeId, body } = parsed.value;
  const name = ownIdOf(op);
  const own = name === undefined ? undefined : body[name];
  if (swipeId !== undefined && own !== undefined && own !== swipeId)
    return badRequest([{ path: "swipeId", reason: `must be the ${name} of the body` }]);
  if (swipeId === undefined && op !== "check" && !op.startsWith("nhsa/"))
    return badRequest([{ path: "swipeId", reason: "is missing" }]);
  return parsed;
}

/** Whose a line is, also of one that is refused; an id that cannot be one is not repeated. */
export function idOfLine({ op, swipeId, body }: BatchLine): string | undefined {
  const id = swipeId ?? body[ownIdOf(op) ?? "msgid"];
  return typeof id === "string" && SWIPE_ID.test(id) ? id : undefined;
}

function parseJson(text: string): unknown {
  if (text.length > LINE_CHARS_MAX) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
