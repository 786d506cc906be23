/**
 * Runs one service and outlives nobody: when the process that started it is gone, however it went
 * (the channel to it closes even on SIGKILL), the service is ended too.
 * An orphan's folder, where its log is, goes with it. Arguments: log file, command, its arguments. Speaks to its parent over the fork channel.
 */
import { spawn } from "node:child_process";
import { openSync, rmSync } from "node:fs";
import { dirname } from "node:path";

const PATIENCE_MS = 8_000;

const [logFile = "/dev/null", command = "false", ...args] = process.argv.slice(2);
const log = openSync(logFile, "a");
const service = spawn(command, args, { stdio: ["ignore", log, log] });

let orphaned = false;

function end(): void {
  service.kill("SIGCONT");
  service.kill("SIGTERM");
  setTimeout(() => service.kill("SIGKILL"), PATIENCE_MS).unref();
}

function tell(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message);
}

export type SupervisorMessage = { readonly started: number } | { readonly ended: string };

service.on("spawn", () => tell({ started: service.pid ?? 0 }));
service.on("error", (error) => {
  tell({ ended: error.message });
  process.exit(1);
});
service.on("exit", (code, signal) => {
  tell({ ended: signal ?? `exit status ${code}` });
  if (orphaned) rmSync(dirname(logFile), { recursive: true, force: true });
  process.exit(0);
});
process.on("disconnect", () => {
  orphaned = true;
  end();
});
process.on("message", end);
process.on("SIGTERM", end);
process.on("SIGINT", end);
