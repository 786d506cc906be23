import Fastify, { type FastifyInstance, type FastifyReply, LogController } from "fastify";
import { parseSettlement } from "../../src/swipe/after-bodies.ts";
import type { AnswerHit, DecisionAnswer, SwipeState } from "../../src/swipe/answer.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import type { ClearSwipe } from "../../src/swipe/clear-swipe.ts";
import { parseNhsaSettled } from "../../src/swipe/nhsa/after.ts";
import {
  type Exchange,
  nhsaDecision,
  nhsaMatched,
  nhsaProblem,
} from "../../src/swipe/nhsa/from-answer.ts";
import type { NhsaReply } from "../../src/swipe/nhsa/route.ts";
import { parseNhsaSale } from "../../src/swipe/nhsa/to-swipe.ts";
import { isProblem, type Outcome, type Problem } from "../../src/swipe/problem.ts";
import type { Level } from "../../src/swipe/vocabulary.ts";

/** What was found, in the words of the guard's answer. */
export interface Verdict {
  readonly decision: Level;
  readonly hits: readonly AnswerHit[];
}

/** What stands behind the door in the guard's place: a floor, or a peer. */
export interface Work {
  check(swipe: ClearSwipe): Promise<Verdict>;
  settle(swipeId: string): Promise<void>;
}

export const ALLOWED: Verdict = { decision: "allow", hits: [] };

/** As long as the guard's own, so that answers are as long. */
const POLICY = {
  version: "2026.11.2",
  hash: `sha256:${"0".repeat(64)}`,
  reference: `sha256:${"0".repeat(64)}`,
};
/** The guard names the lines it remembers; a floor remembers none, so this one is told for all. */
const SETTLED_LINES: SwipeState["lines"] = [
  { line: "0001", drug: "XB01ACL190A001010101576", quantity: 1 },
];
const JSON_TYPE = "application/json; charset=utf-8";
const BODY_BYTES = 1_048_576;

type SwipeRoute = { Params: { swipeId: string } };

/**
 * The guard's addresses, its parsers and its forms of answer, before something that costs less than the guard or is
 * built otherwise. Fastify is set up as fast as the guard sets it up; there is no admission, no shedding, no metrics
 * and no published document, all of which the guard pays for.
 */
export function createDoor(work: Work): FastifyInstance {
  const app = Fastify({
    logger: false,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: false,
    trustProxy: false,
    bodyLimit: BODY_BYTES,
    handlerTimeout: 0,
    forceCloseConnections: true,
    http: { noDelay: true, keepAlive: true },
  });
  nativeRoutes(app, work);
  nhsaRoutes(app, work);
  return app;
}

function nativeRoutes(app: FastifyInstance, work: Work): void {
  app.post("/v1/swipes", async (request, reply) => {
    const readAt = performance.now();
    const parsed = parseCheck(request.body);
    if (isProblem(parsed)) return refuse(reply, parsed.problem);
    const verdict = await work.check(parsed.value);
    return answer(reply, decisionOf(parsed.value, verdict, readAt));
  });
  app.post<SwipeRoute>("/v1/swipes/:swipeId/settlement", async (request, reply) => {
    const parsed = parseSettlement(request.body);
    if (isProblem(parsed)) return refuse(reply, parsed.problem);
    const { swipeId } = request.params;
    await work.settle(swipeId);
    const state: SwipeState = {
      ...{ swipeId, state: "settled", level: "allow" },
      ...{ lines: SETTLED_LINES, hits: [] },
    };
    return answer(reply, state);
  });
}

function nhsaRoutes(app: FastifyInstance, work: Work): void {
  for (const route of ["2101", "2102"] as const) {
    app.post(`/nhsa/${route}`, async (request, reply) => {
      const readAt = Date.now();
      const startedAt = performance.now();
      const parsed = parseNhsaSale(route, request.body);
      const msgid = isProblem(parsed) ? "" : parsed.value.swipeId;
      const exchange = (): Exchange => ({ msgid, readAt, answeredAt: Date.now() });
      if (isProblem(parsed)) return answerNhsa(reply, nhsaProblem(parsed.problem, exchange()));
      const swipe = parsed.value;
      const decision = decisionOf(swipe, await work.check(swipe), startedAt);
      return answerNhsa(reply, nhsaDecision(decision, swipe.lines, exchange()));
    });
  }
  app.post("/nhsa/2102/answer", async (request, reply) => {
    const readAt = Date.now();
    const parsed: Outcome<{ readonly swipeId: string }> = parseNhsaSettled(request.body);
    const msgid = isProblem(parsed) ? "" : parsed.value.swipeId;
    const exchange = (): Exchange => ({ msgid, readAt, answeredAt: Date.now() });
    if (isProblem(parsed)) return answerNhsa(reply, nhsaProblem(parsed.problem, exchange()));
    await work.settle(msgid);
    return answerNhsa(reply, nhsaMatched(1, exchange(), { state: "settled" }));
  });
}

function decisionOf(swipe: ClearSwipe, { decision, hits }: Verdict, startedAt: number) {
  const decided: DecisionAnswer = {
    ...{ swipeId: swipe.swipeId, decision, mode: "full", missing: [], hits: [...hits] },
    policy: POLICY,
    decidedAt: new Date().toISOString(),
    elapsedMs: Math.round((performance.now() - startedAt) * 1_000) / 1_000,
  };
  return decided;
}

function answer(reply: FastifyReply, value: DecisionAnswer | SwipeState): FastifyReply {
  return reply.code(200).header("content-type", JSON_TYPE).send(JSON.stringify(value));
}

function answerNhsa(reply: FastifyReply, { envelope, problem }: NhsaReply): FastifyReply {
  const status = problem === undefined ? 200 : 400;
  return reply.code(status).header("content-type", JSON_TYPE).send(JSON.stringify(envelope));
}

function refuse(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(400).header("content-type", JSON_TYPE).send(JSON.stringify(problem));
}
