import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { flagsOf } from "../subjects/build-folder.ts";
import { startListening } from "../subjects/started-process.ts";
import type { Surroundings } from "../subjects/subject.ts";
import { type CpuProfile, readProfile } from "./cpu-profile.ts";

export interface ProfiledGuard {
  readonly url: string;
  readonly pid: number;
  /** Where its journal and its key are. */
  readonly dataDir: string;
  /** Ends it in order, so that it writes its profile, and reads that. */
  finish(): Promise<CpuProfile>;
  stop(): Promise<void>;
}

const BANNER = /listens on {2}(http:\/\/\S+:\d+)/;
const READY_LIMIT_MS = 30_000;
const POLL_MS = 50;

/** The guard as `npm start` runs it, watched by V8's sampling profiler from its first line to its last. */
export async function startProfiledGuard(
  around: Surroundings,
  dist: string,
): Promise<ProfiledGuard> {
  mkdirSync(around.scratch, { recursive: true });
  // Of its own: another build's profile or journal in the same scratch folder would be taken for this one's.
  const own = mkdtempSync(join(around.scratch, "profile-"));
  const folder = join(own, "cpu");
  const dataDir = join(own, "data");
  const flags = [...flagsOf(dist), "--cpu-prof", `--cpu-prof-dir=${folder}`];
  const environment = {
    ...{ HOST: "127.0.0.1", PORT: "0", REDIS_URL: around.redisUrl, GUARD_DATA_DIR: dataDir },
    ...{ GUARD_POLICY: around.policyFile, GUARD_REFERENCE: around.reference },
    ...around.env,
  };
  const args = [...flags, join(dist, "main.js")];
  const started = await startListening(process.execPath, args, environment, BANNER);
  const { url, pid, stop } = started;
  await ready(url).catch(async (cause: unknown) => {
    await stop();
    throw new Error("the guard did not get ready", { cause });
  });
  return {
    ...{ url, pid, dataDir, stop },
    finish: async () => {
      await stop();
      const [file] = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
      if (file === undefined) throw new Error("the guard ended without writing its profile");
      return readProfile(join(folder, file));
    },
  };
}

async function ready(url: string): Promise<void> {
  for (const end = Date.now() + READY_LIMIT_MS; Date.now() < end; await delay(POLL_MS)) {
    if ((await fetch(`${url}/readyz`)).ok) return;
  }
  throw new Error(`not ready after ${READY_LIMIT_MS} ms`);
}
