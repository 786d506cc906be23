import type { FastifySchema } from "fastify";
import { BATCH_DAYS_BACK, BATCH_LINES_MAX, BatchAnswer, BatchLine } from "../swipe/batch.ts";
import { problemResponses } from "./problem-responses.ts";

export const NDJSON_TYPE = "application/x-ndjson";

export const BATCH_DOCS: FastifySchema = {
  tags: ["Swipes"],
  operationId: "checkBatch",
  summary: "Upload what a till sold while it was offline",
  description: `NDJSON: one line a check, settlement, reversal, acknowledgement or NHSA message, in order of time; at most ${BATCH_LINES_MAX} lines, 4 MB and ${BATCH_DAYS_BACK} days back, the till's clock at most five minutes ahead. Each line is played in its own time and answered by a line of its own, streamed in the same order, with what the decision would have been. A line that is refused changes nothing, and the others are played. An upload may be sent again as it is: what was played is known and answered alike, also where the swipe had been checked before. Where the memory or the record does not answer, that line and all after it say so, and the upload is sent again. A sale that was entered so was never asked about: its settlement is \`unchecked\`. content-type is \`${NDJSON_TYPE}\` (application/ndjson and application/jsonl are taken too).`,
  consumes: [NDJSON_TYPE],
  body: BatchLine,
  response: {
    200: {
      description: "One BatchAnswer a line, in the order of the upload.",
      content: { [NDJSON_TYPE]: { schema: BatchAnswer } },
    },
    ...problemResponses([
      "bad_request",
      "too_large",
      "unsupported_media",
      "uploads_busy",
      "share_used",
      "overloaded",
      "draining",
      "internal",
    ]),
  },
};
