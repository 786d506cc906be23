import type { FastifyInstance } from "fastify";
import type { Door } from "./door.ts";
import { type Ailment, readinessAnswer } from "./readiness.ts";
import { WATCH_DOCS } from "./watch-docs.ts";

const CONFIG = { door: "probe" } as const;

/** What probes and Prometheus read (contract section 6). */
export function watchRoutes(
  app: FastifyInstance,
  door: Door,
  ailments: () => readonly Ailment[],
): void {
  app.get("/healthz", { config: CONFIG, schema: WATCH_DOCS.healthz }, async () => ({
    status: "alive",
  }));
  app.get("/readyz", { config: CONFIG, schema: WATCH_DOCS.readyz }, async (_request, reply) => {
    const answer = readinessAnswer(door.readiness(), ailments());
    return reply.code(answer.status === "notReady" ? 503 : 200).send(answer);
  });
  app.get("/metrics", { config: CONFIG, schema: WATCH_DOCS.metrics }, async (_request, reply) => {
    const { contentType, body } = await door.metricsText();
    return reply.header("content-type", contentType).send(body);
  });
}
