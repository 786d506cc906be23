import type { FastifyReply, FastifyRequest } from "fastify";
import { messageId } from "../swipe/nhsa/envelope.ts";
import { nhsaProblem } from "../swipe/nhsa/from-answer.ts";
import type { NhsaReply } from "../swipe/nhsa/route.ts";
import { isProblem, type Outcome, type Problem } from "../swipe/problem.ts";
import type { Door, DoorName } from "./door.ts";
import { RETRY_AFTER_SECONDS } from "./limits.ts";
import { problemDocument } from "./problem-document.ts";
import { mayRetry, STATUS_OF } from "./statuses.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** Which door an address belongs to, also where no route was found. */
export function doorOf(request: FastifyRequest): DoorName {
  return (
    request.routeOptions.config?.door ?? (request.url.startsWith("/nhsa/") ? "nhsa" : "native")
  );
}

/** The desk's answer to a native request, serialised once by hand: Fastify passes strings through. */
export function sendOutcome(
  door: Door,
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Outcome<object>,
): FastifyReply {
  if (isProblem(outcome)) return sendProblem(door, request, reply, outcome.problem);
  closeWhileDraining(door, reply);
  return reply.code(200).header("content-type", JSON_TYPE).send(JSON.stringify(outcome.value));
}

/** The desk's envelope; its status is the problem's, else 200 whatever the decision is. */
export function sendNhsa(door: Door, reply: FastifyReply, answer: NhsaReply): FastifyReply {
  if (answer.problem) markProblem(door, reply, answer.problem, "nhsa");
  else reply.code(200);
  closeWhileDraining(door, reply);
  return reply.header("content-type", JSON_TYPE).send(JSON.stringify(answer.envelope));
}

/** A problem in the shape the caller's door speaks. */
export function sendProblem(
  door: Door,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
): FastifyReply {
  if (doorOf(request) === "nhsa") {
    const now = door.clock.now();
    const exchange = { msgid: messageId(request.body), readAt: now, answeredAt: now };
    return sendNhsa(door, reply, nhsaProblem(problem, exchange));
  }
  markProblem(door, reply, problem, "native");
  closeWhileDraining(door, reply);
  const document = problemDocument(problem, request.id);
  return reply.header("content-type", PROBLEM_TYPE).send(JSON.stringify(document));
}

function markProblem(
  door: Door,
  reply: FastifyReply,
  problem: Problem,
  via: "native" | "nhsa",
): void {
  door.observer.notice({ kind: "problem", labels: { code: problem.code, via } });
  reply.code(STATUS_OF[problem.code]);
  if (mayRetry(problem.code)) reply.header("retry-after", RETRY_AFTER_SECONDS);
  if (problem.code === "unsupported_media")
    reply
      .header("accept", reply.getHeader("accept") ?? "application/json")
      .header("accept-encoding", "identity");
}

/** Tells a till to open its next connection elsewhere. */
function closeWhileDraining(door: Door, reply: FastifyReply): void {
  if (door.draining()) reply.header("connection", "close");
}
