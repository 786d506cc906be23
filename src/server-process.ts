import { readFileSync } from "node:fs";
import { join } from "node:path";
import closeWithGrace from "close-with-grace";
import { ConfigError, type Environment } from "./config/config.ts";
import { packageRoot } from "./config/package-root.ts";
import { readConfig } from "./config/read-config.ts";
import { type Server, wireServer } from "./wire.ts";

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
export async function runServer(environment: Environment): Promise<void> {
  try {
    const config = readConfig(environment);
    const server = await wireServer(config, guardVersion());
    const address = await server.listen();
    stopGracefully(server);
    reloadOnHangup(server);
    process.stdout.write(banner(server, address));
  } catch (error) {
    const { sentence, status } = reasonNotToStart(error);
    process.stderr.write(`guard: ${sentence}\n`);
    process.exit(status);
  }
}

export function reasonNotToStart(error: unknown): { sentence: string; status: number } {
  if (error instanceof ConfigError) return { sentence: error.message, status: EXIT_CONFIG };
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof Error && OWN_ERROR.test(code)) {
    return { sentence: error.message, status: EXIT_CONFIG };
  }
  if (code === "EADDRINUSE") {
    return { sentence: "The address is already in use: set another PORT.", status: EXIT_CONFIG };
  }
  const sentence = error instanceof Error ? error.message : "The server could not start.";
  return { sentence, status: EXIT_FAILED };
}

function stopGracefully(server: Server): void {
  closeWithGrace({ delay: STOP_WITHIN_MS, logger: false }, async ({ err }) => {
    if (err) process.stderr.write(`guard: stopping after a failure: ${err.message}\n`);
    await server.close();
  });
}

function reloadOnHangup(server: Server): void {
  process.on("SIGHUP", () => {
    server.reload().catch((error: unknown) => {
      const message = `The reload was refused, what was loaded stays in force: ${reasonNotToStart(error).sentence}`;
      const labels = { what: "policy" };
      server.observer.notice({ kind: "bundle.refused", labels, message, level: "error" });
    });
  });
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
