import { randomBytes } from "node:crypto";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import { Admission } from "./admission.ts";
import { sendProblem } from "./answers.ts";
import { acceptJsonOnly } from "./body.ts";
import { refuseConnection } from "./connection.ts";
import { docsRoutes } from "./docs-routes.ts";
import { type Door, type DoorDeps, runCounted } from "./door.ts";
import { problemOf } from "./errors.ts";
import { assertLimits, DOOR_LIMITS, type DoorLimits } from "./limits.ts";
import { nativeRoutes } from "./native-routes.ts";
import { nhsaRoutes } from "./nhsa-routes.ts";
import { describeRoutes } from "./openapi.ts";
import { shedBeyondLimits } from "./shedding.ts";
import { answerUnmatched } from "./unmatched.ts";
import { watchRoutes } from "./watch-routes.ts";

/**
 * The HTTP door as a function of what it needs: builds, never listens, opens nothing.
 *
 * Stopping: make `deps.draining` true, let the balancer see `readyz` fail, then `app.close()`, which answers
 * what is in flight and closes idle connections. Requests that still come meanwhile get 503 `draining`.
 *
 * @throws DoorLimitsError (`GUARD_HTTP_LIMITS`) when `deps.limits` contradict one another.
 */
export function createApp(deps: DoorDeps): FastifyInstance {
  const limits: DoorLimits = { ...DOOR_LIMITS, ...deps.limits };
  assertLimits(limits);
  const admission = new Admission(limits, deps.deadline, deps.steady);
  let closing = false;
  const door: Door = {
    ...deps,
    limits,
    admission,
    run: (request, call) => runCounted(admission, request.caller, call),
    draining: () => closing || deps.draining(),
  };
  const app = createServer(door);
  app.addHook("preClose", (done) => {
    closing = true;
    done();
  });
  answerErrors(app, door);
  tellWhatWasAnswered(app, door);
  const shedding = shedBeyondLimits(app, door);
  // One for all there is to do: a hook more costs 5 thousand instructions a request.
  app.addHook("onSend", (request, reply, payload, done) => {
    // A request that was open when the stop began: its caller's next one belongs to another instance.
    if (closing) reply.header("connection", "close");
    shedding.leaves(request, reply);
    done(null, payload);
  });
  acceptJsonOnly(app, limits, shedding.refuse);
  answerUnmatched(app, door);
  describeRoutes(app, deps.version, deps.examples ?? {});
  // A plugin of its own, so that it loads after those above that watch routes being added.
  app.register((routes, _options, done) => {
    nativeRoutes(routes, door);
    nhsaRoutes(routes, door);
    watchRoutes(routes, door, shedding.ailments);
    docsRoutes(routes);
    done();
  });
  return app;
}

/** Every timeout and limit is set by hand, also where the default is the same. */
function createServer(door: Door): FastifyInstance {
  const { limits } = door;
  const app: FastifyInstance = Fastify({
    loggerInstance: door.logger,
    // One line a request at debug is written by `tellWhatWasAnswered`: Fastify's own carry the address.
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger a request costs more than the check's rules; the id is given by hand where it matters.
    childLoggerFactory: (logger) => logger,
    genReqId: createRequestIds(),
    // A caller's own header could be anything, also a person's number.
    requestIdHeader: false,
    trustProxy: false,
    bodyLimit: limits.bodyBytes,
    connectionTimeout: limits.connectionTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    requestTimeout: limits.requestTimeout,
    // 0: a timer and an AbortController a request; the desk keeps the deadline of every call itself.
    handlerTimeout: 0,
    maxRequestsPerSocket: 0,
    pluginTimeout: 10_000,
    forceCloseConnections: "idle",
    // The hook in shedding.ts answers instead, in the caller's own shape.
    return503OnClosing: false,
    exposeHeadRoutes: true,
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    routerOptions: {
      maxParamLength: limits.pathParameterChars,
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      allowUnsafeRegex: false,
    },
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.requestTimeout,
      connectionsCheckingInterval: limits.timeoutCheckInterval,
      insecureHTTPParser: false,
      noDelay: true,
      keepAlive: true,
    },
    frameworkErrors: (error, request, reply) => {
      sendProblem(door, request, reply, problemOf(error));
    },
    clientErrorHandler: (error, socket) => refuseConnection(door.observer, error, socket),
  });
  app.server.maxConnections = limits.connections;
  return app;
}

/** Unique across instances and restarts, and says nothing about the caller. */
function createRequestIds(): () => string {
  const prefix = randomBytes(6).toString("base64url");
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

function answerErrors(app: FastifyInstance, door: Door): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.code === "internal") {
      const route = request.routeOptions.url ?? "none";
      door.logger.error({ err: error, reqId: request.id, route }, "A request failed unforeseen.");
      door.observer.notice({ kind: "server.failed", labels: { room: "http" } });
    }
    return sendProblem(door, request, reply, problem);
  });
}

function tellWhatWasAnswered(app: FastifyInstance, door: Door): void {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "none";
    const status = String(reply.statusCode);
    const value = reply.elapsedTime / 1_000;
    door.observer.notice({ kind: "request.answered", labels: { route, status }, value });
    door.logger.debug({ reqId: request.id, route, status, ms: reply.elapsedTime }, "answered");
    done();
  });
}
