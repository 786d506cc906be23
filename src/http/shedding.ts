import underPressure from "@fastify/under-pressure";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { doorOf, sendProblem } from "./answers.ts";
import type { Door } from "./door.ts";
import type { Ailment } from "./readiness.ts";

/**
 * Turns requests away before their bodies are read: all of them while stopping, and those beyond what this
 * instance can answer in time. Probes always get through. Each one turned away is counted.
 *
 * The plugin only measures (it is given no limits of its own), because it knows the event loop and not the queue.
 */
export function shedBeyondLimits(app: FastifyInstance, door: Door): void {
  app.register(underPressure, {
    eventLoopUtilizationMode: "interval",
    sampleInterval: door.limits.loopSampleInterval,
  });
  app.addHook("onRequest", (request, reply, next) => {
    if (doorOf(request) === "probe") {
      next();
      return;
    }
    if (door.draining()) {
      sendProblem(door, request, reply, { code: "draining" });
      return;
    }
    const reason = overloadOf(app, door);
    if (reason === undefined) next();
    else turnAway(door, request, reply, reason);
  });
}

type Reason = "inFlight" | "eventLoopDelay" | "eventLoopUtilization";

/** A full loop is harmful only together with a queue; a lagging one always is. */
function overloadOf(app: FastifyInstance, { limits, load }: Door): Reason | undefined {
  if (load.inFlight >= limits.inFlightMax) return "inFlight";
  const { eventLoopDelay, eventLoopUtilized } = app.memoryUsage();
  if (eventLoopDelay > limits.loopLagMax) return "eventLoopDelay";
  const isFull = eventLoopUtilized > limits.loopUtilizationMax;
  return isFull && load.inFlight >= limits.inFlightBusy ? "eventLoopUtilization" : undefined;
}

function turnAway(door: Door, request: FastifyRequest, reply: FastifyReply, reason: Reason): void {
  door.observer.notice({ kind: "request.shed", labels: { reason } });
  sendProblem(door, request, reply, { code: "overloaded" });
}

/** Why this instance, and not the whole guard, should get no more requests. */
export function doorAilments(app: FastifyInstance, door: Door): readonly Ailment[] {
  const ailments: Ailment[] = [];
  if (door.draining()) ailments.push({ name: "draining", reason: "The guard is stopping." });
  if (overloadOf(app, door) !== undefined) {
    ailments.push({
      name: "overload",
      reason: "More requests come in than can be answered in time.",
    });
  }
  return ailments;
}
