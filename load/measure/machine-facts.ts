import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { askRedis, portsOf } from "./ask-redis.ts";

/** What one must know of the machine to read the figures. */
export interface MachineFacts {
  readonly at: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  readonly redis: string;
  /** SHA-256 of the policy file of the guard with 100 rules. */
  readonly policy: string;
}

export async function readMachineFacts(
  redisUrl: string,
  policyFile: string,
): Promise<MachineFacts> {
  const server = await askRedis(portsOf(redisUrl)[0] ?? 0, ["INFO", "server"]);
  const cores = cpus();
  return {
    at: new Date().toISOString(),
    cores: cores.length,
    processor: cores[0]?.model ?? "unknown",
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    redis: /^redis_version:(\S+)/m.exec(server)?.[1] ?? "unknown",
    policy: createHash("sha256").update(readFileSync(policyFile)).digest("hex"),
  };
}
