import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FromGenerator, GeneratorJob, GeneratorResult, Part } from "./job.ts";

/** A generator in a process of its own, so that its work is not on the bench's event loop, nor its CPU in anybody's bill. */
export interface Generator {
  readonly pid: number;
  /** Resolves when it has its traffic and begins the warm-up. */
  readonly begun: Promise<void>;
  /** Resolves when it has sent the warm-up. */
  readonly warm: Promise<void>;
  /** Sends the run-in at the pace that is measured; resolves when it is over. Nothing in a closed loop. */
  pace(): Promise<void>;
  /** Sends what is measured, the run-in before it where that was not asked for; resolves with what it came to. */
  go(): Promise<GeneratorResult>;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("./generator-main.js", import.meta.url));

export function startGenerator(job: GeneratorJob): Generator {
  const child = fork(MAIN, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const gone = once(child, "exit");
  const hear = <T>(pick: (message: FromGenerator) => T | undefined): Promise<T> => {
    const heard = new Promise<T>((resolve, reject) => {
      child.on("message", (message: FromGenerator) => {
        if ("error" in message) return reject(new Error(`the generator: ${message.error}`));
        const found = pick(message);
        if (found !== undefined) resolve(found);
      });
      child.once("exit", (code, signal) =>
        reject(new Error(`the generator ended: ${signal ?? `exit status ${code}`}`)),
      );
    });
    // Whoever waits hears of a failure; nobody waits for the result of a generator that is stopped early.
    heard.catch(() => undefined);
    return heard;
  };
  const part = async (wanted: Part) => {
    await hear((message) => ("part" in message && message.part === wanted ? true : undefined));
  };
  const [begun, warm, paced] = [part("begun"), part("warm"), part("paced")];
  for (const each of [begun, warm, paced]) each.catch(() => undefined);
  const result = hear((message) => ("result" in message ? message.result : undefined));
  child.send({ job });
  let isPaced = false;
  const pace = async () => {
    if (!isPaced) child.send({ goOn: true });
    isPaced = true;
    await paced;
  };
  return {
    pid: child.pid ?? 0,
    begun,
    warm,
    pace,
    go: async () => {
      await pace();
      child.send({ goOn: true });
      return result;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await gone;
    },
  };
}
