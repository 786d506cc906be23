import { BINDING_WIDTH, LOG_WIDTH } from "../../src/counters/entry-layouts.ts";
import { LOG_ENTRIES_A_SWIPE } from "../../src/counters/limits.ts";
import { openRedis, type RedisConnection } from "../../src/counters/redis/redis-connection.ts";
import { decodeTally } from "../../src/counters/tally-layout.ts";
import { SILENT } from "../../src/units.ts";

/** Of an entry's time, with which it begins. */
const TIME_WIDTH = 6;

/** A generation of the memory, every key of it: name without the generation to what it holds, as text. */
export type MemoryDump = ReadonlyMap<string, string>;

export async function openDumps(url: string): Promise<RedisConnection> {
  const connection = openRedis({ url }, () => performance.now(), SILENT, { stalledAfter: 10_000 });
  await new Promise<void>((resolve) => connection.whenReady(resolve));
  return connection;
}

/** Everything under a generation's prefix, its control documents excepted. */
export async function dumpMemory(
  connection: RedisConnection,
  generation: string,
): Promise<MemoryDump> {
  const dump = new Map<string, string>();
  const prefix = `${generation}:`;
  for (const key of await keysOf(connection, prefix)) {
    if (!key.includes("{control}"))
      dump.set(key.slice(prefix.length), await readValue(connection, key));
  }
  return dump;
}

export async function keysOf(connection: RedisConnection, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor = "0";
  do {
    const reply = await connection.send("SCAN", [cursor, "MATCH", `${prefix}*`, "COUNT", 500]);
    const [next, found] = reply as [Buffer, Buffer[]];
    keys.push(...found.map(String));
    cursor = next.toString();
  } while (cursor !== "0");
  return keys.sort();
}

async function readValue(connection: RedisConnection, key: string): Promise<string> {
  if (!isBucket(key)) {
    const value = (await connection.send("GET", [key])) as Buffer | null;
    return textOf(key, value ?? Buffer.alloc(0));
  }
  const fields = (await connection.send("HGETALL", [key])) as Buffer[];
  const pairs: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2)
    pairs.push(`${fields[i]?.toString("base64url")}=${fields[i + 1]?.toString("base64url")}`);
  return pairs.sort().join(" ");
}

/** As it means: entries of one millisecond, and sales not yet presumed, stand in the order of their arrival. */
function textOf(key: string, bytes: Buffer): string {
  // A ledger begins with its person's sequence, which is compared by itself.
  if (isLedger(key)) return bytes.subarray(4).toString("latin1");
  if (/\}w$/.test(key)) return inAnyOrder(withoutTies(bytes), LOG_WIDTH);
  if (/\}b$/.test(key)) return inAnyOrder(bytes, BINDING_WIDTH);
  if (!/\}d$/.test(key)) return bytes.toString("latin1");
  const { days, open } = decodeTally(bytes);
  return JSON.stringify([days, open.map((sale) => JSON.stringify(sale)).sort()]);
}

/** Every bound of the shipped policy's logs, in entries. */
const FULL = [32, 64, 128].map((exact) => exact * LOG_ENTRIES_A_SWIPE);

/** Which entries of its oldest millisecond a full log still holds is a matter of their arrival. */
function withoutTies(log: Buffer): Buffer {
  if (!FULL.includes(log.length / LOG_WIDTH)) return log;
  const oldest = log.subarray(0, TIME_WIDTH);
  let from = 0;
  while (oldest.equals(log.subarray(from, from + TIME_WIDTH))) from += LOG_WIDTH;
  return log.subarray(from);
}

function inAnyOrder(bytes: Buffer, width: number): string {
  const entries = [];
  for (let at = 0; at < bytes.length; at += width)
    entries.push(bytes.toString("base64url", at, at + width));
  return entries.sort().join(" ");
}

function isBucket(key: string): boolean {
  return /\{K[^}]+\}$/.test(key);
}

function isLedger(key: string): boolean {
  return /\{p[^}]+\}l$/.test(key);
}

/** Each person's sequence. */
export async function sequences(
  connection: RedisConnection,
  generation: string,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const prefix = `${generation}:`;
  for (const key of await keysOf(connection, `${prefix}{p`)) {
    if (!isLedger(key)) continue;
    const value = (await connection.send("GET", [key])) as Buffer | null;
    if (value) found.set(key.slice(prefix.length), value.readUInt32BE(0));
  }
  return found;
}

/** What differs, a line each: by name, and how. */
export function differences(before: MemoryDump, after: MemoryDump): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].sort().flatMap((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    if (one === other) return [];
    if (one === undefined) return [`${name}: only rebuilt`];
    return [other === undefined ? `${name}: only before` : `${name}: differs`];
  });
}
