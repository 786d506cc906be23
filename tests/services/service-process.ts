import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import type { SupervisorMessage } from "./supervisor.ts";

/** A running service, ended with the process that started it; it keeps that process alive until stopped. */
export interface ServiceProcess {
  /** Of the service itself, for signals a test wants to send (SIGKILL, SIGSTOP). */
  readonly pid: number;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export async function startProcess(
  logFile: string,
  command: string,
  args: readonly string[],
): Promise<ServiceProcess> {
  const supervisor = fork(
    fileURLToPath(new URL("./supervisor.js", import.meta.url)),
    [logFile, command, ...args],
    // Its own session: Ctrl-C reaches the tests first and the services when nobody needs them any more.
    { detached: true, stdio: "ignore", execArgv: [] },
  );
  const gone = once(supervisor, "exit");
  let tellEnd: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    tellEnd = resolve;
  });
  const started = new Promise<number>((resolve, reject) => {
    supervisor.on("message", (message: SupervisorMessage) => {
      if ("started" in message) resolve(message.started);
      else tellEnd(message.ended);
    });
    void gone.then(() => {
      tellEnd("ended");
      reject(new Error(`${command} could not be started`));
    });
  });
  const pid = await started;
  return {
    pid,
    ended,
    stop: async () => {
      // Its service may have ended by itself a moment ago, and the supervisor with it.
      if (supervisor.connected) supervisor.send("stop", () => undefined);
      await gone;
    },
  };
}

/** A port nobody listens on now; somebody may take it before it is used, so callers try again. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  server.close();
  await once(server, "close");
  return address.port;
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
