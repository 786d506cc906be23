import type { FastifySchema } from "fastify";
import { z } from "zod";
import { answered } from "./problem-responses.ts";

const Ailment = z.object({
  name: z.string().describe("for instance redis, kafka, journal, warming, draining, overload"),
  reason: z.string().describe("one sentence"),
});

export const ReadinessDocument = z
  .object({
    status: z
      .enum(["ready", "degraded", "notReady"])
      .describe("degraded: works, and something is worse; notReady: send requests elsewhere"),
    blocking: z.array(Ailment).describe("what another instance could do better"),
    degraded: z.array(Ailment).describe("what is worse than it should be everywhere"),
    notInstalled: z.array(z.string()).describe("reference files and lists that are not there"),
  })
  .meta({ title: "Readiness" });

const TAGS = ["Watching"];

const healthz: FastifySchema = {
  tags: TAGS,
  operationId: "healthz",
  summary: "The process lives",
  response: {
    200: answered("It does.", z.object({ status: z.literal("alive").describe("always") })),
  },
};

const readyz: FastifySchema = {
  tags: TAGS,
  operationId: "readyz",
  summary: "Whether this instance should get requests",
  description:
    "503 only for what another instance could do better. A dead Redis or Kafka is 200 with what is degraded, by name.",
  response: {
    200: answered("It should; what is degraded is named.", ReadinessDocument),
    503: answered("It should not; why is named.", ReadinessDocument),
  },
};

const metrics: FastifySchema = {
  tags: TAGS,
  operationId: "metrics",
  summary: "Prometheus metrics",
  response: {
    200: { description: "Prometheus text", content: { "text/plain": { schema: z.string() } } },
  },
};

const docs: FastifySchema = {
  tags: TAGS,
  operationId: "docs",
  summary: "This document, readable",
  response: { 200: { description: "HTML", content: { "text/html": { schema: z.string() } } } },
};

const docsJson: FastifySchema = {
  tags: TAGS,
  operationId: "docsJson",
  summary: "This document, raw",
  response: { 200: answered("OpenAPI 3.1", z.looseObject({})) },
};

export const WATCH_DOCS = { healthz, readyz, metrics, docs, docsJson } as const;
