import { StoreUnavailableError } from "../contract.ts";
import { entityOf } from "../keys.ts";
import type { MemoryHome, ObserveReply } from "../operations.ts";
import {
  encodeChange,
  encodeFlagging,
  encodeFold,
  encodeObserve,
  encodeRead,
  encodeSeal,
  type KeyRead,
  type ScriptCall,
} from "./plan-codec.ts";
import type { RedisConnection, Script } from "./redis-connection.ts";
import {
  changeScript,
  flagScript,
  foldScript,
  observeScript,
  readScript,
  sealScript,
} from "./scripts.generated.ts";

/** The memory on Redis or Valkey: each step is one script call, returned raw. */
export function createRedisHome(connection: RedisConnection): MemoryHome {
  return {
    observe: async (plan) =>
      readObserve(await callScript(connection, observeScript, encodeObserve(plan))),
    seal: async (plan) => {
      const reply = await callScript(connection, sealScript, encodeSeal(plan));
      return Buffer.isBuffer(reply) ? { won: false, answer: reply } : { won: true };
    },
    change: async (plan) => {
      const reply = await callScript(connection, changeScript, encodeChange(plan));
      if (!Array.isArray(reply)) return { changed: false };
      return { changed: true, seq: Number(reply[0]), lost: Number(reply[1]) };
    },
    fold: async (plan) => (await callScript(connection, foldScript, encodeFold(plan))) === 1,
    read: (keys) =>
      readEach(
        connection,
        keys.map((key) => ({ key, field: undefined })),
      ),
    readTraces: (reads) =>
      readEach(
        connection,
        reads.flatMap(({ key, field, splitKey }) => [
          { key, field },
          { key: splitKey, field: undefined },
        ]),
      ),
    flag: async (plan) => {
      await callScript(connection, flagScript, encodeFlagging(plan));
    },
    close: () => connection.close(),
  };
}

/** Keys of one entity are read by one call. */
function readEach(
  connection: RedisConnection,
  reads: readonly KeyRead[],
): Promise<(Buffer | null)[]> {
  const entity = entityOf(reads[0]?.key ?? "");
  const isOne = reads.length > 0 && reads.every(({ key }) => key.startsWith(entity));
  return isOne ? readEntity(connection, reads) : readEntities(connection, reads);
}

async function readEntity(
  connection: RedisConnection,
  reads: readonly KeyRead[],
): Promise<(Buffer | null)[]> {
  const reply = await callScript(connection, readScript, encodeRead(reads));
  if (!Array.isArray(reply) || reply.length !== reads.length) throw unreadable();
  return (reply as (number | Buffer | null)[]).map(bytesOrNull);
}

async function readEntities(
  connection: RedisConnection,
  reads: readonly KeyRead[],
): Promise<(Buffer | null)[]> {
  const byEntity = new Map<string, number[]>();
  for (const [place, { key }] of reads.entries()) {
    const places = byEntity.get(entityOf(key)) ?? [];
    places.push(place);
    byEntity.set(entityOf(key), places);
  }
  const values: (Buffer | null)[] = reads.map(() => null);
  const read = async (places: readonly number[]) => {
    const own = places.flatMap((place) => reads[place] ?? []);
    for (const [index, value] of (await readEntity(connection, own)).entries())
      values[places[index] ?? 0] = value;
  };
  await Promise.all([...byEntity.values()].map(read));
  return values;
}

export function callScript(
  connection: RedisConnection,
  script: Script,
  { keys, plan }: ScriptCall,
): Promise<unknown> {
  return connection.run(script, keys, plan);
}

export function readObserve(reply: unknown): ObserveReply {
  if (!Array.isArray(reply)) throw unreadable();
  const items = reply as (number | Buffer | null)[];
  const verdict = items[0];
  const first = items[1];
  switch (verdict) {
    case 0:
    case 1: {
      const ledger = bytesOrNull(items[2]);
      const attempts = bytesOrNull(items[3]);
      const values: (Buffer | null)[] = [];
      for (let place = 4; place < items.length; place += 1) values.push(bytesOrNull(items[place]));
      const lost = typeof first === "number" ? first : 0;
      return { verdict: verdict === 0 ? "new" : "retry", ledger, attempts, values, lost };
    }
    case 2:
      if (Buffer.isBuffer(first)) return { verdict: "sealed", answer: first };
      break;
    case 3:
      return { verdict: "conflict", with: "content" };
    case 4:
      return { verdict: "conflict", with: "person" };
    case 5:
      if (Buffer.isBuffer(first)) return { verdict: "recalled", ledger: first };
      break;
    default:
      break;
  }
  throw unreadable();
}

function bytesOrNull(value: number | Buffer | null | undefined): Buffer | null {
  return Buffer.isBuffer(value) ? value : null;
}

function unreadable(): StoreUnavailableError {
  return new StoreUnavailableError("The store answered something the guard cannot read.");
}
