import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DIST, flagsOf } from "./build-folder.ts";
import { startListening } from "./started-process.ts";
import type { Running, Subject, Surroundings } from "./subject.ts";

const READY_LIMIT_MS = 30_000;
const POLL_MS = 20;
const BANNER = /listens on {2}(http:\/\/\S+:\d+)/;

/** The guard as `npm start` runs it, with Redis and its journal, all else as shipped. */
export function guard(name: string, dist: string = DIST): Subject {
  return {
    name,
    start: (around) => startGuard(around, dist, { REDIS_URL: around.redisUrl }),
  };
}

/** The same with the store of its own that it has where nothing is configured; its file grows beside the journal. */
export function guardWithOwnStore(name: string, dist: string = DIST): Subject {
  return { name, start: (around) => startGuard(around, dist, {}) };
}

async function startGuard(
  around: Surroundings,
  dist: string,
  store: Readonly<Record<string, string>>,
): Promise<Running> {
  const started = await startListening(
    process.execPath,
    [...flagsOf(dist), join(dist, "main.js")],
    {
      ...{ HOST: "127.0.0.1", PORT: "0", ...store },
      GUARD_DATA_DIR: join(around.scratch, "data"),
      GUARD_POLICY: around.policyFile,
      GUARD_REFERENCE: around.reference,
      ...around.env,
    },
    BANNER,
  );
  const { url, pid, stop } = started;
  try {
    await ready(url);
  } catch (error) {
    await stop();
    throw new Error(`the guard did not get ready: ${started.said().slice(-2_000)}`, {
      cause: error,
    });
  }
  return {
    ...{ url, pids: [pid], stop },
    metrics: async () => {
      const answer = await fetch(`${url}/metrics`);
      return answer.ok ? await answer.text() : undefined;
    },
  };
}

async function ready(url: string): Promise<void> {
  let said = "";
  for (const end = Date.now() + READY_LIMIT_MS; Date.now() < end; await delay(POLL_MS)) {
    const answer = await fetch(`${url}/readyz`);
    said = await answer.text();
    if (answer.ok) return;
  }
  throw new Error(`the guard is not ready: ${said.slice(0, 500)}`);
}
