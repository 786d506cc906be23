import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where a program on PATH is. */
export function findProgram(name: string): string | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      // Not the path behind a link: redis-server tells by its name which of its programs it is.
      return path;
    } catch {
      // Not here: look on.
    }
  }
  return undefined;
}

/** Runs to its end; on failure throws the last lines it said. */
export function runToEnd(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): void {
  const result = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (result.status === 0) return;
  const said = `${result.stdout ?? ""}${result.stderr ?? ""}`
    .trim()
    .split("\n")
    .slice(-3)
    .join(" | ");
  throw new Error(`${command} ${args[0] ?? ""} failed: ${result.error?.message ?? said}`);
}

/** Installs Debian packages where that is possible (as root, with apt-get). */
export function installPackages(names: readonly string[]): void {
  const apt = findProgram("apt-get");
  if (apt === undefined) throw new Error("there is no apt-get on this machine");
  if (process.getuid?.() !== 0) throw new Error(`installing ${names.join(", ")} needs root`);
  const quiet = { DEBIAN_FRONTEND: "noninteractive" };
  runToEnd(apt, ["update", "-qq"], quiet);
  runToEnd(apt, ["install", "-y", "-qq", "--no-install-recommends", ...names], quiet);
}

/** Docker, if its daemon answers. */
export function findDocker(): string | undefined {
  const docker = findProgram("docker");
  if (docker === undefined) return undefined;
  return spawnSync(docker, ["info"], { stdio: "ignore" }).status === 0 ? docker : undefined;
}
