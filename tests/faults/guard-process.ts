import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { delay, startProcess } from "../services/service-process.ts";

const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));
const CLI = fileURLToPath(new URL("../../src/cli.js", import.meta.url));

export type Settings = Readonly<Record<string, string>>;

/** A server as a process of its own, reached only over its door and by signals. */
export interface Guard {
  /** For instance `http://127.0.0.1:43127`. */
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** Resolves with `exit status N` or the signal that ended it. */
  readonly ended: Promise<string>;
  /** Everything it has said so far, on both streams. */
  said(): string;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM; resolves with how it ended. */
  stop(): Promise<string>;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
}

/** The settings of the caller's shell must not reach the guard under test. */
function environment(settings: Settings): Record<string, string> {
  const path = process.env["PATH"] ?? "";
  return { PATH: path, HOST: "127.0.0.1", PORT: "0", ...settings };
}

/**
 * Starts a server and waits until it says where it listens. It ends with this process at the latest.
 * `program`: another main than the server's own, and its arguments.
 */
export async function startGuard(
  dataDir: string,
  settings: Settings = {},
  program: readonly string[] = [MAIN],
): Promise<Guard> {
  mkdirSync(dataDir, { recursive: true });
  const log = join(dataDir, `said-${process.hrtime.bigint()}.log`);
  const env = environment({ GUARD_DATA_DIR: dataDir, ...settings });
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  // `env -i` becomes the server itself, so that the supervisor knows the server's own pid.
  const service = await startProcess(log, "/usr/bin/env", [
    "-i",
    ...assignments,
    process.execPath,
    "--enable-source-maps",
    ...program,
  ]);
  const said = () => readFileSync(log, "utf8");
  let end: string | undefined;
  void service.ended.then((how) => {
    end = how;
  });
  for (;;) {
    const url = /listens on {2}(http:\/\/\S+:\d+)/.exec(said())?.[1];
    if (url !== undefined) {
      const signal = (name: NodeJS.Signals) => process.kill(service.pid, name);
      const finish = async (name: NodeJS.Signals) => {
        if (end === undefined) signal(name);
        const how = await service.ended;
        await service.stop();
        return how;
      };
      return {
        url,
        pid: service.pid,
        dataDir,
        ended: service.ended,
        said,
        signal,
        stop: () => finish("SIGTERM"),
        kill: async () => {
          await finish("SIGKILL");
        },
      };
    }
    if (end !== undefined) throw new Error(`the guard did not start (${end}): ${said()}`);
    await delay(20);
  }
}

export interface Ran {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the server's program to its end: for starts that are refused. */
export function runServerProgram(settings: Settings): Promise<Ran> {
  return run([MAIN], environment(settings));
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], settings: Settings = {}): Promise<Ran> {
  return run([CLI, ...args], environment(settings));
}

/** A command under way, for signals. */
export interface RunningCli {
  readonly ended: Promise<Ran>;
  signal(name: NodeJS.Signals): void;
}

/** Runs the command line without waiting for its end. */
export function startCli(args: readonly string[], settings: Settings = {}): RunningCli {
  return start([CLI, ...args], environment(settings));
}

function run(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  return start(args, env).ended;
}

function start(args: readonly string[], env: Record<string, string>): RunningCli {
  let signal: RunningCli["signal"] = () => {};
  const ended = new Promise<Ran>((resolve) => {
    const child = execFile(
      process.execPath,
      ["--enable-source-maps", ...args],
      { env, maxBuffer: 64e6 },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : (error.code ?? error.signal ?? "unknown");
        resolve({ status, stdout, stderr });
      },
    );
    signal = (name) => child.kill(name);
  });
  return { ended, signal: (name) => signal(name) };
}

/** Waits for what must come; whoever waits in vain is ended by the runner. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(25);
}
