import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

/** A child process of the bench, ended by its pid with the bench at the latest. */
export interface StartedProcess {
  readonly pid: number;
  /** Resolves with `exit status N` or the signal that ended it. */
  readonly ended: Promise<string>;
  /** The last of what it said, on both streams. */
  said(): string;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL where that does not help; harmless when it ended by itself. */
  stop(): Promise<void>;
}

export interface ListeningProcess extends StartedProcess {
  readonly url: string;
}

/** The whole environment: nothing of the caller's shell reaches a subject but PATH. */
export type Environment = Readonly<Record<string, string>>;

const SAID_MAX = 65_536;
const POLL_MS = 20;
/** A guard flushes and is gone within 10 s. */
const STOP_LIMIT_MS = 12_000;
const START_LIMIT_MS = 30_000;

export async function startProcess(
  command: string,
  args: readonly string[],
  environment: Environment = {},
): Promise<StartedProcess> {
  const env = { PATH: process.env["PATH"] ?? "", ...environment };
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  const hear = (bytes: Buffer) => {
    text = (text + bytes.toString()).slice(-SAID_MAX);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  let isOver = false;
  const signal = (name: NodeJS.Signals) => {
    if (!isOver) child.kill(name);
  };
  // However the bench ends, short of SIGKILL: no child stays behind.
  const killAtExit = () => signal("SIGKILL");
  process.once("exit", killAtExit);
  // Not `exit`: by `close` everything it said has been heard.
  const ended = once(child, "close").then(([code, name]) => {
    isOver = true;
    process.removeListener("exit", killAtExit);
    return code === null ? String(name) : `exit status ${code}`;
  });
  // Where it cannot be started, `spawn` rejects with the reason, and `ended` rejects with it unheard.
  ended.catch(() => process.removeListener("exit", killAtExit));
  await once(child, "spawn");
  return {
    pid: child.pid ?? 0,
    ended,
    said: () => text,
    signal,
    stop: async () => {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Waits for the line in which a process says where it listens; `pattern` captures the address. */
export async function startListening(
  command: string,
  args: readonly string[],
  environment: Environment,
  pattern = /^listening (http:\/\/\S+)$/m,
): Promise<ListeningProcess> {
  const started = await startProcess(command, args, environment);
  let end: string | undefined;
  void started.ended.then((how) => {
    end = how;
  });
  for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit; await delay(POLL_MS)) {
    const url = pattern.exec(started.said())?.[1];
    if (url !== undefined) return { ...started, url };
    if (end !== undefined) break;
  }
  await started.stop();
  throw new Error(
    `${args.join(" ")} does not listen (${end ?? "too slow"}): ${started.said().trim().slice(-2_000)}`,
  );
}
