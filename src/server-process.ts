import { readFileSync } from "node:fs";
import { join } from "node:path";
import closeWithGrace from "close-with-grace";
import { ConfigError, type Environment } from "./config/config.ts";
import { packageRoot } from "./config/package-root.ts";
import { readConfig } from "./config/read-config.ts";
import { faultLines, ReferenceBrokenError } from "./reference/fault.ts";
import type { DemoClock } from "./replay/demo/demo-clock.ts";
import type { DemoGuard } from "./replay/demo/run-demo.ts";
import { describeError } from "./telemetry/logger.ts";
import { type OpenClock, type Server, wireServer } from "./wire.ts";

/** Wrong settings, a broken policy, a folder in use: nothing a restart mends (EX_CONFIG of sysexits.h). */
export const EXIT_CONFIG = 78;
const EXIT_FAILED = 1;
/** Contract section 1: flushed and gone within 10 s. */
const STOP_WITHIN_MS = 10_000;

/** Errors that say themselves what to do: printed as they are, without a stack. */
const OWN_ERROR = /^GUARD_(CONFIG|CONTROL|REFERENCE)_/;

export function guardVersion(): string {
  const text = readFileSync(join(packageRoot(), "package.json"), "utf8");
  return String((JSON.parse(text) as { readonly version?: unknown }).version);
}

/** The server as a process: start, signals, stop. Resolves when it listens; never rejects. */
export async function runServer(environment: Environment, openClock?: OpenClock): Promise<void> {
  try {
    const config = readConfig(environment);
    const server = await wireServer(config, guardVersion(), openClock);
    const address = await server.listen();
    stopGracefully(server);
    reloadOnHangup(server);
    const message = `Listens on ${address}.`;
    server.observer.notice({ kind: "server.started", message, level: "info" });
    process.stdout.write(banner(server, address));
  } catch (error) {
    const { sentence, status } = reasonNotToStart(error);
    process.stderr.write(`guard: ${sentence}\n`);
    process.exit(status);
  }
}

/** Where a demo's guard has its files, and the clock it goes by. */
export interface DemoPlaces {
  readonly folder: string;
  readonly reference: string;
  readonly policy: string | undefined;
  readonly clock: DemoClock;
}

/** The settings of the environment are for the real one: this guard has its own folder, and any free port. */
export async function startDemoGuard(places: DemoPlaces): Promise<DemoGuard> {
  const config = readConfig({
    ...{ HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "error" },
    GUARD_DATA_DIR: join(places.folder, "data"),
    GUARD_REFERENCE: places.reference,
    GUARD_POLICY: places.policy,
  });
  const server = await wireServer(config, guardVersion(), () => places.clock);
  const address = await server.listen();
  const { rules } = server.keyring.bundle().policy;
  const names = new Map(
    rules.map(({ everywhere: { id, name } }) => [id, `${name.en} ${name.zh}`] as const),
  );
  return { address, nameOf: (rule) => names.get(rule) ?? "", close: server.close };
}

export function reasonNotToStart(error: unknown): { sentence: string; status: number } {
  if (error instanceof ConfigError) return { sentence: error.message, status: EXIT_CONFIG };
  if (error instanceof ReferenceBrokenError) {
    return { sentence: faultLines(error), status: EXIT_CONFIG };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof Error && OWN_ERROR.test(code)) {
    return { sentence: error.message, status: EXIT_CONFIG };
  }
  if (code === "EADDRINUSE") {
    return { sentence: "The address is already in use: set another PORT.", status: EXIT_CONFIG };
  }
  if (code === "ENOENT" || code === "EISDIR" || code === "EACCES") {
    return { sentence: `A file cannot be used (${code}): ${pathOf(error)}.`, status: EXIT_FAILED };
  }
  const sentence = error instanceof Error ? error.message : "The server could not start.";
  return { sentence, status: EXIT_FAILED };
}

function pathOf(error: unknown): string {
  return error instanceof Error && "path" in error ? String(error.path) : "its path is not told";
}

function stopGracefully(server: Server): void {
  // The library would stop at SIGHUP too, which here means: read policy and reference data again.
  const options = { delay: STOP_WITHIN_MS, logger: false as const, skip: ["SIGHUP" as const] };
  // Under npm one Ctrl-C arrives twice, and the second would end the process before it has flushed: by the library,
  // or, in the instant in which nobody listens, by the system. So somebody always listens, and in the end nobody else.
  const stays = () => undefined;
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stays);
  closeWithGrace(options, async ({ err }) => {
    for (const signal of signals) {
      for (const listener of process.listeners(signal)) {
        if (listener !== stays) process.off(signal, listener);
      }
    }
    // A library's message can quote what it was given (JSON.parse does): what it may say is telemetry's to know.
    const { type, code, message: reason } = describeError(err);
    if (err) process.stderr.write(`guard: stopping after a failure: ${reason ?? code ?? type}\n`);
    const message = "Takes no more requests, answers those in flight, flushes.";
    server.observer.notice({ kind: "server.stopping", message, level: "info" });
    await server.close();
  });
}

function reloadOnHangup(server: Server): void {
  process.on("SIGHUP", () => void server.reload());
}

function banner({ storeName, sinkName, keyring }: Server, address: string): string {
  const { policy, reference } = keyring.bundle();
  const missing = reference.notInstalled.length;
  return `
Pharmacy checkout guard ${guardVersion()}
  listens on  ${address}   (docs: ${address}/docs, metrics: ${address}/metrics)
  memory      ${storeName}
  record      ${sinkName}
  policy      ${policy.version}, ${policy.rules.length} rules; reference data loaded, ${missing} optional files not installed

Try it, from this folder:
  curl -s -H 'content-type: application/json' -d @schemas/examples/nhsa-2102.json ${address}/nhsa/2102

`;
}
