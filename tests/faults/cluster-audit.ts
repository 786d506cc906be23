import { decodeClaims, decodeLog } from "../../src/counters/entry-layouts.ts";
import { decodeLedger } from "../../src/counters/ledger-layout.ts";
import { openRedis, type RedisConnection } from "../../src/counters/redis/redis-connection.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { SILENT } from "../../src/units.ts";
import type { TestRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";

/** How often each swipe stands in the memory, read from the servers' own keys past the guard. */
export interface Audit {
  /** Not in its person's ledger, at its till or as the holder of its box. */
  readonly lost: readonly string[];
  /** In one of them more than once. */
  readonly twice: readonly string[];
}

const FIRST = "g1";
/** Looked at again this often, a quarter of a second apart: the store is back, and nothing else is to do but to enter. */
const ENTERED_TRIES = 60;

/** Looked at until nothing is lost any more, or for as long as entering may take. */
export async function audited(
  servers: readonly TestRedis[],
  swipeIds: readonly string[],
  generation = FIRST,
): Promise<Audit> {
  let audit = await auditOf(servers, swipeIds, generation);
  for (let tried = 0; audit.lost.length > 0 && tried < ENTERED_TRIES; tried += 1) {
    await delay(250);
    audit = await auditOf(servers, swipeIds, generation);
  }
  return audit;
}

/** Given swipes that each bought a box of their own; `servers`: those that serve slots. */
export async function auditOf(
  servers: readonly TestRedis[],
  swipeIds: readonly string[],
  generation = FIRST,
): Promise<Audit> {
  const found = { ledger: new Counts(), till: new Counts(), box: new Counts() };
  for (const { url } of servers) {
    const connection = openRedis({ url }, () => performance.now(), SILENT);
    await new Promise<void>((resolve) => connection.whenReady(resolve));
    for (const key of await keysOf(connection, generation)) await count(connection, key, found);
    await connection.close();
  }
  const timesOf = (id: string) => {
    const key = swipeKey("", id);
    return [found.ledger.of(key), found.till.of(key), found.box.of(key)];
  };
  return {
    lost: swipeIds.filter((id) => timesOf(id).includes(0)),
    twice: swipeIds.filter((id) => timesOf(id).some((times) => times > 1)),
  };
}

class Counts {
  private readonly counts = new Map<string, number>();
  add(entries: readonly { readonly swipe: string }[]): void {
    for (const { swipe } of entries) this.counts.set(swipe, this.of(swipe) + 1);
  }
  of(swipe: string): number {
    return this.counts.get(swipe) ?? 0;
  }
}

async function keysOf(connection: RedisConnection, generation: string): Promise<string[]> {
  const all = new Set<string>();
  let cursor = "0";
  do {
    const reply = await connection.send("SCAN", [
      cursor,
      "MATCH",
      `${generation}:{*`,
      "COUNT",
      1_000,
    ]);
    const [next, keys] = reply as [Buffer, Buffer[]];
    for (const key of keys) all.add(key.toString());
    cursor = next.toString();
  } while (cursor !== "0");
  return [...all];
}

async function count(
  connection: RedisConnection,
  key: string,
  found: { readonly ledger: Counts; readonly till: Counts; readonly box: Counts },
): Promise<void> {
  if (/^g\d+:\{p[^}]+\}l$/.test(key)) {
    found.ledger.add(decodeLedger((await connection.send("GET", [key])) as Buffer | null));
  } else if (/^g\d+:\{t[^}]+\}w$/.test(key)) {
    found.till.add(decodeLog((await connection.send("GET", [key])) as Buffer | null, ""));
  } else if (/^g\d+:\{K[^}]+\}$/.test(key)) {
    const bucket = (await connection.send("HGETALL", [key])) as Buffer[];
    bucket.forEach((value, index) => {
      if (index % 2 === 1) found.box.add(decodeClaims(value, ""));
    });
  }
}
