import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { askRedis, encodeCommand, portsOf } from "./ask-redis.ts";

export interface CommandUsage {
  readonly calls: number;
  readonly us: number;
}

/** What Redis used since it started; of a Cluster, all its servers together. */
export interface RedisUsage {
  readonly pids: readonly number[];
  readonly cpuUs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** By name, whoever called it: a client or a script. */
  readonly commands: ReadonlyMap<string, CommandUsage>;
}

/** How often each command was seen to come from a client and from inside a script. */
export type Senders = ReadonlyMap<string, { readonly client: number; readonly script: number }>;

/** What this bench asks itself. */
const OWN_COMMANDS = ["info", "monitor", "quit", "flushall", "ping"];

export async function readRedisUsage(redisUrl: string): Promise<RedisUsage> {
  const texts = await Promise.all(
    portsOf(redisUrl).map(async (port) =>
      (
        await Promise.all(
          ["server", "cpu", "stats", "commandstats"].map((part) => info(port, part)),
        )
      ).join(""),
    ),
  );
  return texts.map(parseRedisUsage).reduce(add);
}

function info(port: number, section: string): Promise<string> {
  return askRedis(port, ["INFO", section]);
}

export function parseRedisUsage(text: string): RedisUsage {
  const fields = new Map<string, number>();
  for (const [, name = "", value] of text.matchAll(/^([a-z_]+):([\d.]+)\r?$/gm)) {
    fields.set(name, Number(value));
  }
  const field = (name: string) => fields.get(name) ?? 0;
  const commands = new Map<string, CommandUsage>();
  for (const [, name = "", calls, us] of text.matchAll(
    /^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm,
  )) {
    commands.set(name, { calls: Number(calls), us: Number(us) });
  }
  return {
    pids: [field("process_id")],
    cpuUs: (field("used_cpu_sys") + field("used_cpu_user")) * 1e6,
    bytesIn: field("total_net_input_bytes"),
    bytesOut: field("total_net_output_bytes"),
    commands,
  };
}

function add(one: RedisUsage, other: RedisUsage): RedisUsage {
  const commands = new Map(one.commands);
  for (const [name, { calls, us }] of other.commands) {
    const had = commands.get(name);
    commands.set(name, { calls: calls + (had?.calls ?? 0), us: us + (had?.us ?? 0) });
  }
  return {
    pids: [...one.pids, ...other.pids],
    cpuUs: one.cpuUs + other.cpuUs,
    bytesIn: one.bytesIn + other.bytesIn,
    bytesOut: one.bytesOut + other.bytesOut,
    commands,
  };
}

/**
 * What clients sent between two readings. commandstats counts the calls of scripts too, under the same names: a name
 * that `senders` saw in both places counts by its share, one it did not see at all counts as a client's.
 */
export function sentBetween(before: RedisUsage, after: RedisUsage, senders: Senders): CommandUsage {
  let calls = 0;
  let us = 0;
  for (const [name, now] of after.commands) {
    const main = name.split("|")[0] ?? name;
    if (OWN_COMMANDS.includes(main)) continue;
    const then = before.commands.get(name);
    const seen = senders.get(main);
    const share = seen === undefined ? 1 : seen.client / (seen.client + seen.script);
    calls += (now.calls - (then?.calls ?? 0)) * share;
    us += (now.us - (then?.us ?? 0)) * share;
  }
  return { calls, us };
}

/** Listens to the first server for a while. It slows Redis, so never while something is measured. */
export async function hearSenders(redisUrl: string, forMs: number): Promise<Senders> {
  const socket = connect({ host: "127.0.0.1", port: portsOf(redisUrl)[0] ?? 0 });
  const chunks: Buffer[] = [];
  socket.on("data", (bytes) => chunks.push(bytes));
  socket.on("error", () => undefined);
  socket.write(encodeCommand(["MONITOR"]));
  await delay(forMs);
  socket.destroy();
  return parseSenders(Buffer.concat(chunks).toString("latin1"));
}

/** Lines of MONITOR: `+<time> [<database> <address, or lua>] "<command>" …`. */
export function parseSenders(text: string): Senders {
  const senders = new Map<string, { client: number; script: number }>();
  for (const [, source, name = ""] of text.matchAll(/^\+[\d.]+ \[\d+ (\S+)\] "([^"]+)"/gm)) {
    const key = name.toLowerCase();
    const seen = senders.get(key) ?? { client: 0, script: 0 };
    if (source === "lua") seen.script += 1;
    else seen.client += 1;
    senders.set(key, seen);
  }
  return senders;
}
