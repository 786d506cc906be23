import { fileURLToPath } from "node:url";
import { DIST, flagsOf } from "./build-folder.ts";
import { type Environment, startListening } from "./started-process.ts";
import type { Subject } from "./subject.ts";

/**
 * A program of `load/` as a subject: told by the environment where Redis, policy and reference files are, it listens
 * on any free port and says so in one line. Node is given the flags of the guard beside which it is measured.
 *
 * @param path below `load/`, such as `floors/bare.js`
 */
export function program(
  name: string,
  path: string,
  { dist = DIST, environment = {} }: { dist?: string | undefined; environment?: Environment } = {},
): Subject {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  return {
    name,
    start: async (around) => {
      const { url, pid, stop } = await startListening(process.execPath, [...flagsOf(dist), file], {
        ...{ PORT: "0", REDIS_URL: around.redisUrl },
        GUARD_POLICY: around.policyFile,
        GUARD_REFERENCE: around.reference,
        ...environment,
        ...around.env,
      });
      return { url, pids: [pid], stop, metrics: async () => undefined };
    },
  };
}
