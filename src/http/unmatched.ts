import type { FastifyInstance } from "fastify";
import { sendProblem } from "./answers.ts";
import type { Door } from "./door.ts";

interface Address {
  readonly pattern: RegExp;
  readonly methods: string[];
}

/**
 * Answers what no route takes: 405 with `Allow` where the address has other methods, else 404. Before the body is
 * read, because what it is says nothing about the address. Must be registered before the routes, which it watches.
 */
export function answerUnmatched(app: FastifyInstance, door: Door): void {
  const addresses = new Map<string, Address>();
  app.addHook("onRoute", ({ url, method }) => {
    const address = addresses.get(url) ?? { pattern: patternOf(url), methods: [] };
    address.methods.push(...[method].flat());
    addresses.set(url, address);
  });
  app.addHook("onRequest", (request, reply, next) => {
    if (!request.is404) {
      next();
      return;
    }
    const [path = ""] = request.url.split("?");
    const allowed = [...addresses.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => methods);
    if (allowed.length > 0) reply.header("allow", [...new Set(allowed)].sort().join(", "));
    sendProblem(door, request, reply, {
      code: allowed.length > 0 ? "method_not_allowed" : "not_found",
    });
  });
}

/** Our addresses are words and `:names` between slashes. */
function patternOf(url: string): RegExp {
  return new RegExp(`^${url.replace(/:\w+/g, "[^/]*")}$`);
}
