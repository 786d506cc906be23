import underPressure from "@fastify/under-pressure";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ProblemCode } from "../swipe/problem.ts";
import { type EpochMs, SECOND } from "../units.ts";
import type { Refusal, Urgency } from "./admission.ts";
import { doorOf, sendProblem } from "./answers.ts";
import { createArrivals } from "./arrivals.ts";
import {
  callerIn,
  createKnownSockets,
  type KnownSockets,
  messageIdIn,
  pharmacyIn,
} from "./caller.ts";
import type { Door } from "./door.ts";
import { BodyError } from "./errors.ts";
import type { Ailment } from "./readiness.ts";

const PROBLEM_OF: Readonly<Record<Refusal, ProblemCode>> = {
  share: "share_used",
  instance: "overloaded",
};

/** For how long `readyz` names an overload after the last request that was turned away for it. */
const OVERLOAD_SHOWN = SECOND;

/** What stands before the desk: lets requests in, or turns them away before their bodies are parsed. */
export interface Shedding {
  /** Undefined: its body may be parsed. */
  refuse(request: FastifyRequest, bytes: Buffer): BodyError | undefined;
  /** To be told of each answer that is handed to the socket: of one that was turned away it is told how long that took. */
  leaves(request: FastifyRequest, reply: FastifyReply): void;
  /** Why this instance, and not the whole guard, should get no more requests. */
  ailments(): readonly Ailment[];
}

/**
 * Turns requests away before their bodies are parsed: all of them while stopping, and those beyond what this instance
 * can answer in time, fairly by pharmacy. Probes always get through. Each one turned away is counted.
 *
 * The plugin only measures (it is given no limits of its own), because it knows the event loop and not the queue.
 */
export function shedBeyondLimits(app: FastifyInstance, door: Door): Shedding {
  const { admission } = door;
  const sockets = createKnownSockets();
  const sample = createSampling(app, door);
  let overloadedAt: EpochMs | undefined;
  app.register(underPressure, {
    eventLoopUtilizationMode: "interval",
    sampleInterval: door.limits.loopSampleInterval,
  });
  app.decorateRequest("caller", "");
  app.decorateRequest("shedFor", undefined);

  function verdict(request: FastifyRequest): ProblemCode | undefined {
    const refusal = admission.refuse(request.caller, urgencyOf(request));
    if (refusal === undefined) return undefined;
    if (refusal === "instance") overloadedAt = door.steady.now();
    request.shedFor = refusal;
    return PROBLEM_OF[refusal];
  }

  app.addHook("onRequest", (request, reply, next) => {
    if (doorOf(request) === "probe" || request.is404) return next();
    if (door.draining()) return turnAway(door, request, reply, "draining");
    sample();
    if (namedInBody(request)) return next();
    request.caller = callerOfPath(request, sockets);
    const code = verdict(request);
    return code === undefined ? next() : turnAway(door, request, reply, code);
  });
  return {
    refuse: (request, bytes) => {
      const name = doorOf(request);
      if (name === "probe" || !namedInBody(request)) return undefined;
      request.caller = callerIn(bytes, name);
      sockets.note(request.raw.socket, request.caller);
      const code = verdict(request);
      if (code === undefined) return undefined;
      // What the till finds its answer by; the rest of the body is never parsed.
      if (name === "nhsa") request.body = { msgid: messageIdIn(bytes) };
      return new BodyError({ code });
    },
    leaves: (request, reply) => {
      if (request.shedFor === undefined) return;
      const labels = { reason: request.shedFor, urgency: urgencyOf(request) };
      // The time the caller was kept, from its first byte.
      const value = reply.elapsedTime / SECOND;
      door.observer.notice({ kind: "request.shed", labels, value });
    },
    ailments: () => {
      const ailments: Ailment[] = [];
      if (door.draining()) ailments.push({ name: "draining", reason: "The guard is stopping." });
      if (overloadedAt !== undefined && door.steady.now() - overloadedAt < OVERLOAD_SHOWN) {
        const reason = "More requests come in than can be answered in time.";
        ailments.push({ name: "overload", reason });
      }
      return ailments;
    },
  };
}

function urgencyOf(request: FastifyRequest): Urgency {
  return request.routeOptions.config?.urgency ?? "check";
}

/** A check says in its body whose it is; everything else is told apart before its body is read. */
function namedInBody(request: FastifyRequest): boolean {
  return (
    request.method === "POST" && swipeIdOf(request) === undefined && urgencyOf(request) !== "later"
  );
}

function swipeIdOf({ params }: FastifyRequest): string | undefined {
  return (params as { readonly swipeId?: string } | undefined)?.swipeId;
}

function callerOfPath(request: FastifyRequest, sockets: KnownSockets): string {
  return pharmacyIn(swipeIdOf(request) ?? "") ?? sockets.of(request.raw.socket);
}

function turnAway(
  door: Door,
  request: FastifyRequest,
  reply: FastifyReply,
  code: ProblemCode,
): void {
  sendProblem(door, request, reply, { code });
}

/** Asks the plugin for each of its samples once, when a request comes: an idle door needs no timer of its own. */
function createSampling(app: FastifyInstance, { admission, steady, observer, limits }: Door) {
  const arrivals = createArrivals(app.server);
  let at = steady.now();
  let last = 0;
  let told = limits.placesMax;
  return () => {
    const now = steady.now();
    const took = now - at;
    if (took < limits.loopSampleInterval) return;
    const { eventLoopDelay: lag, eventLoopUtilized: utilization, heapUsed } = app.memoryUsage();
    // A loop that was held up handles requests before the plugin's timer: that is still the sample before.
    if (heapUsed === last) return;
    last = heapUsed;
    at = now;
    admission.sample({ lag, utilization, arrivals: arrivals(), took });
    if (admission.limit === told) return;
    told = admission.limit;
    observer.notice({ kind: "door.limit", value: told });
  };
}
