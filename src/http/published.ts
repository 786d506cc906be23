import type { Outcome } from "../swipe/problem.ts";
import { createLogger } from "../telemetry/logger.ts";
import { SILENT } from "../units.ts";
import { createApp } from "./app.ts";
import type { Examples } from "./examples.ts";
import { asOpenApi, type OpenApiDocument } from "./openapi-document.ts";

/** The OpenAPI document as `/docs/json` answers it, for `schemas/`: from an app that is built and never listens. */
export async function openApiDocument(
  version: string,
  examples: Examples,
): Promise<OpenApiDocument> {
  const nobody = async (): Promise<Outcome<never>> => ({ problem: { code: "not_yet" } });
  const app = createApp({
    desk: {
      check: nobody,
      settle: nobody,
      reverse: nobody,
      acknowledge: nobody,
      find: nobody,
      idle: async () => undefined,
      nhsa: () => Promise.reject(new Error("There is no desk behind the published document.")),
    },
    readiness: () => ({ blocking: [], degraded: [], notInstalled: [] }),
    metricsText: async () => ({ contentType: "text/plain", body: "" }),
    observer: SILENT,
    logger: createLogger({ level: "silent" }),
    clock: { now: () => 0 },
    steady: { now: () => 0 },
    deadline: 50,
    draining: () => false,
    version,
    examples,
  });
  await app.ready();
  const document = asOpenApi(app.swagger());
  await app.close();
  return document;
}
