import type { FastifyInstance } from "fastify";
import { docsPage } from "./docs-page.ts";
import { asOpenApi } from "./openapi-document.ts";
import { WATCH_DOCS } from "./watch-docs.ts";

const CONFIG = { door: "probe" } as const;
/** The page brings its own style and asks for nothing else: pharmacies' networks have no internet. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function docsRoutes(app: FastifyInstance): void {
  let page: string | undefined;
  app.get("/docs", { config: CONFIG, schema: WATCH_DOCS.docs }, async (_request, reply) => {
    page ??= docsPage(asOpenApi(app.swagger()));
    return reply
      .header("content-type", "text/html; charset=utf-8")
      .header("content-security-policy", CONTENT_POLICY)
      .send(page);
  });
  app.get("/docs/json", { config: CONFIG, schema: WATCH_DOCS.docsJson }, async (_request, reply) =>
    reply
      .header("content-type", "application/json; charset=utf-8")
      .send(JSON.stringify(app.swagger())),
  );
}
