import { expect, type Point } from "./point.ts";
import { refused } from "./problems.ts";
import { described, type Scene } from "./scene.ts";

const group = "doors" as const;
/** Larger than any swipe of 200 lines and 300 codes could be, and than the body of any sensible limit. */
const HUGE = 6 * 1_048_576;

export const DOORS: readonly Point[] = [
  {
    group,
    expects: "GET /healthz answers 200 while the process lives",
    play: async (scene) => status(scene, "/healthz", 200),
  },
  {
    group,
    expects: "GET /readyz answers 200 (503 only for what another instance could do better)",
    play: async (scene) => status(scene, "/readyz", 200),
  },
  {
    group,
    expects: "GET /metrics answers in Prometheus' text format",
    play: async (scene) => {
      const { status: code, text, headers } = await scene.get("/metrics");
      expect(code === 200, `answered ${code}`);
      expect(
        /^text\/plain\b|openmetrics/.test(headers["content-type"] ?? ""),
        "another media type",
      );
      expect(/^# TYPE [a-zA-Z_:]+ \w+$/m.test(text), "no line tells the type of a metric");
    },
  },
  {
    group,
    expects:
      "GET /docs is readable and /docs/json is an OpenAPI 3 document with the check's address",
    play: async (scene) => {
      await status(scene, "/docs", 200);
      const { json } = await scene.get("/docs/json");
      const document = (json ?? {}) as { readonly openapi?: unknown; readonly paths?: object };
      expect(String(document.openapi).startsWith("3."), "no OpenAPI 3 document");
      expect("/v1/swipes" in (document.paths ?? {}), "the document has no /v1/swipes");
    },
  },
  {
    group,
    expects: "another method is 405 with the header Allow",
    play: async (scene) => {
      const heard = await scene.get("/v1/swipes");
      refused(heard, 405);
      expect((heard.headers["allow"] ?? "").includes("POST"), "Allow does not name POST");
    },
  },
  {
    group,
    expects: "an address where nothing is, is 404",
    play: async (scene) => {
      refused(await scene.get("/v1/nothing-is-here"), 404);
    },
  },
  {
    group,
    expects: "a body that is not JSON by its content-type is 415",
    play: async (scene) => {
      const body = JSON.stringify(scene.swipe());
      const asked = { method: "POST", path: "/v1/swipes", body, type: "text/plain" } as const;
      refused(await scene.wire.ask(asked), 415);
    },
  },
  {
    group,
    expects: "a body beyond every limit (6 MB) is 413",
    play: async (scene) => {
      refused(
        await scene.post("/v1/swipes", `${JSON.stringify(scene.swipe())}${" ".repeat(HUGE)}`),
        413,
      );
    },
  },
  {
    group,
    expects: "a body that is broken JSON is 400",
    play: async (scene) => {
      refused(await scene.post("/v1/swipes", '{"swipeId": '), 400);
    },
  },
  {
    group,
    expects: "an id in the address that cannot be one is 400",
    play: async (scene) => {
      refused(await scene.post("/v1/swipes/short/reversal", { reason: "void" }), 400);
    },
  },
];

async function status(scene: Scene, path: string, wanted: number): Promise<void> {
  const heard = await scene.get(path);
  expect(heard.status === wanted, `answered ${described(heard)}`);
}
