import { join } from "node:path";
import type { Config } from "./config/config.ts";
import { systemTimers } from "./config/machine.ts";
import type { BundleLoader } from "./control/load-bundle.ts";
import { readOwnKeys } from "./control/own-keys.ts";
import { openSharedKeyring, type SharedKeyring } from "./control/shared-keyring.ts";
import { type CounterStore, StoreUnavailableError } from "./counters/contract.ts";
import type { ControlDocuments } from "./counters/control-documents.ts";
import { createMemoryShelf } from "./counters/embedded/byte-shelf.ts";
import { createDiskShelf } from "./counters/embedded/disk-shelf.ts";
import { embeddedDocuments } from "./counters/embedded/embedded-documents.ts";
import { createEmbeddedHome } from "./counters/embedded/embedded-home.ts";
import { createKeyNames } from "./counters/keys.ts";
import type { MemoryHome } from "./counters/operations.ts";
import { createPackedStore } from "./counters/packed-store.ts";
import {
  openRedis,
  type RedisConnection,
  type RedisSettings,
} from "./counters/redis/redis-connection.ts";
import { redisDocuments } from "./counters/redis/redis-documents.ts";
import { createRedisHome } from "./counters/redis/redis-home.ts";
import { timedStore } from "./counters/timed-store.ts";
import type { Clock, DurationMs, Observer, Timers } from "./units.ts";

/** The living memory's generation; `guard rebuild` will fill another beside it. */
const GENERATION = "g1";
/** How long a start waits for Redis before it serves stand-ins. */
const STORE_AT_START: DurationMs = 1_500;

/** Where the memory is, and what it says of itself. */
export interface Memory {
  readonly store: CounterStore;
  readonly documents: ControlDocuments;
  readonly name: string;
  readonly redis: RedisConnection | undefined;
}

export function openMemory(config: Config, clock: Clock, observer: Observer): Memory {
  const now = () => Math.floor(clock.now());
  if (config.redis === undefined) {
    const shelf = createDiskShelf(join(config.dataDir, "memory"));
    const home = createEmbeddedHome(shelf, now);
    return {
      store: timedStore(createPackedStore(home, createKeyNames(GENERATION), now), clock, observer),
      documents: embeddedDocuments(shelf, GENERATION),
      name: `embedded, in ${config.dataDir}`,
      redis: undefined,
    };
  }
  const redis = openRedis(config.redis, () => clock.now(), observer);
  const keys = createKeyNames(GENERATION);
  const store = createPackedStore(createRedisHome(redis), keys, now, observer);
  return {
    store: timedStore(store, clock, observer),
    documents: redisDocuments(redis, GENERATION),
    name: config.redis.url,
    redis,
  };
}

export async function openKeyring(
  config: Config,
  memory: Memory,
  loader: BundleLoader,
  observer: Observer,
) {
  const keys = await readOwnKeys(config.keysFile, config.dataDir);
  if (keys.generated) {
    const message =
      "No GUARD_KEYS: a generated pseudonym key is in use, fit for one machine only; whoever reads the data folder or the store can undo pseudonyms.";
    observer.notice({ kind: "key.generated", message, level: "warn" });
  }
  return openSharedKeyring({
    keys,
    documents: memory.documents,
    observer,
    timers: systemTimers,
    load: loader.load,
  });
}

/** The embedded store must agree; Redis may be away, and then checks are stand-ins until it does. */
export async function reachAgreement(keyring: SharedKeyring, memory: Memory, observer: Observer) {
  if (memory.redis === undefined) return keyring.agree();
  if (await readyWithin(memory.redis, systemTimers, STORE_AT_START)) {
    try {
      return await keyring.agree();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }
  const message = "Redis is not there at start: checks are stand-ins until it answers.";
  observer.notice({ kind: "store.connection", labels: { state: "down" }, message, level: "error" });
  keyring.keepTrying();
}

function readyWithin(redis: RedisConnection, timers: Timers, wait: DurationMs): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = timers.after(wait, () => resolve(false));
    redis.whenReady(() => {
      cancel();
      resolve(true);
    });
  });
}

/** A memory of a replay: its own generation on Redis, or none but this process's. */
export interface ReplayMemory {
  readonly store: CounterStore;
  close(): Promise<void>;
}

export async function wireReplayMemory(
  redis: RedisSettings | undefined,
  generation: string,
  clock: Clock,
  observer: Observer,
): Promise<ReplayMemory> {
  const now = () => Math.floor(clock.now());
  const keys = createKeyNames(generation);
  const store = (home: MemoryHome) => createPackedStore(home, keys, now, observer);
  if (redis === undefined) {
    const embedded = store(createEmbeddedHome(createMemoryShelf(), now));
    return { store: embedded, close: () => embedded.close() };
  }
  const connection = openRedis(redis, () => performance.now(), observer);
  if (!(await readyWithin(connection, systemTimers, 5_000))) {
    await connection.close();
    throw new Error("The store named by --store does not answer.");
  }
  return {
    store: store(createRedisHome(connection)),
    close: async () => {
      await connection.removeAll(`${generation}:`);
      await connection.close();
    },
  };
}
