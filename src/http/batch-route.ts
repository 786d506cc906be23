import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Batches, PlayedLine } from "../checkout/batch/batches.ts";
import type { Arrival } from "../checkout/desk.ts";
import { BATCH_BYTES_MAX, type BatchAnswer } from "../swipe/batch.ts";
import { isProblem, PROBLEMS, type Problem } from "../swipe/problem.ts";
import { sendProblem } from "./answers.ts";
import { BATCH_DOCS, NDJSON_TYPE } from "./batch-docs.ts";
import { NOT_UTF8, readBody, unreadableAs } from "./body.ts";
import type { Door } from "./door.ts";
import { BodyError } from "./errors.ts";
import { STATUS_OF } from "./statuses.ts";

const ARRIVAL: Arrival = {};
const LATER = { door: "native", urgency: "later" } as const;

/** One media type with several names in use, none of them registered. */
const NDJSON_TYPES = [NDJSON_TYPE, "application/ndjson", "application/jsonl"];
const TOO_LARGE = new BodyError({
  code: "too_large",
  detail: "An upload has at most 4 MB: send it as several, in order of time.",
});
const NOT_NDJSON: Problem = {
  code: "unsupported_media",
  detail: `An upload is NDJSON: one JSON object a line, with content-type ${NDJSON_TYPE}.`,
};
const DRAINING: Problem = {
  code: "draining",
  detail: "This line and those after it were not played: send the upload again as it is.",
};

/** Uploads of tills that were offline (contract section 2): one answer a line, streamed while they are played. */
export function batchRoute(app: FastifyInstance, door: Door): void {
  // A plugin of its own: here alone bodies are NDJSON, and four times as large.
  app.register((routes, _options, done) => {
    acceptNdjsonOnly(routes, door);
    routes.post("/v1/swipes/batch", {
      config: LATER,
      schema: BATCH_DOCS,
      // Before the body: nobody should send 4 MB to learn this.
      onRequest: async (request, reply) => admit(door, request, reply),
      handler: async (request, reply) =>
        door.batches === undefined
          ? sendProblem(door, request, reply, { code: "not_yet" })
          : play(door, door.batches, request, reply),
    });
    done();
  });
}

function acceptNdjsonOnly(app: FastifyInstance, { limits }: Door): void {
  const sizes = {
    bodyBytes: BATCH_BYTES_MAX,
    drainBytes: Math.max(limits.drainBytes, BATCH_BYTES_MAX),
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(NDJSON_TYPES, (request, payload, done) => {
    const unreadable = unreadableAs(request);
    readBody(payload, sizes, (cut, bytes) => {
      const error = unreadable ?? (cut?.problem.code === "too_large" ? TOO_LARGE : cut);
      if (error) done(error);
      else if (!isUtf8(bytes)) done(NOT_UTF8);
      else done(null, bytes.toString("utf8"));
    });
  });
}

/** A place among the uploads under way, kept until the answer has left or the caller has. */
function admit(door: Door, request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  if (door.batches === undefined) return sendProblem(door, request, reply, { code: "not_yet" });
  if (!isNdjson(request))
    return sendProblem(door, request, reply.header("accept", NDJSON_TYPE), NOT_NDJSON);
  const leave = door.batches.enter();
  if (leave === undefined) return sendProblem(door, request, reply, { code: "uploads_busy" });
  reply.raw.once("finish", leave).once("close", leave);
  return undefined;
}

function isNdjson({ headers }: FastifyRequest): boolean {
  const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return NDJSON_TYPES.includes(type);
}

function play(
  door: Door,
  batches: Batches,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const body = typeof request.body === "string" ? request.body : "";
  const stops = () => (door.draining() ? DRAINING : undefined);
  const played = batches.play(body, ARRIVAL, stops);
  if (isProblem(played)) return sendProblem(door, request, reply, played.problem);
  // A caller that hangs up ends its upload at the line under way: what was played is known when it comes again.
  const answers = Readable.from(answerLines(played.value), { objectMode: false });
  return reply.code(200).header("content-type", `${NDJSON_TYPE}; charset=utf-8`).send(answers);
}

async function* answerLines(lines: AsyncIterable<PlayedLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(answerOf(line))}\n`;
}

/** A line that was refused says what its own address would have said. */
function answerOf({ problem, ...played }: PlayedLine): BatchAnswer {
  if (problem === undefined) return played;
  const { code, paths, state, detail } = problem;
  const { title, action } = PROBLEMS[code];
  return {
    ...played,
    ...{ problem: code, status: STATUS_OF[code], title, action },
    ...(detail === undefined ? {} : { detail }),
    ...(paths === undefined ? {} : { paths: [...paths] }),
    ...(state === undefined ? {} : { state: state as NonNullable<BatchAnswer["state"]> }),
  };
}
