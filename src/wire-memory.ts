import { join } from "node:path";
import type { Config } from "./config/config.ts";
import { steadyClock, systemTimers } from "./config/machine.ts";
import type { FollowedGenerations } from "./control/follow-generations.ts";
import { FIRST_GENERATION } from "./control/generations.ts";
import { generationsMemory } from "./control/generations-memory.ts";
import type { BundleLoader } from "./control/load-bundle.ts";
import { readOwnKeys } from "./control/own-keys.ts";
import { openSharedKeyring, type SharedKeyring } from "./control/shared-keyring.ts";
import { type CounterStore, StoreUnavailableError } from "./counters/contract.ts";
import type { SharedDocuments } from "./counters/control-documents.ts";
import { createMemoryShelf } from "./counters/embedded/byte-shelf.ts";
import { createDiskShelf } from "./counters/embedded/disk-shelf.ts";
import { embeddedDocuments } from "./counters/embedded/embedded-documents.ts";
import { createEmbeddedHome } from "./counters/embedded/embedded-home.ts";
import { createKeyNames } from "./counters/keys.ts";
import type { MemoryHome } from "./counters/operations.ts";
import { createPackedStore } from "./counters/packed-store.ts";
import { STALLED_AFTER } from "./counters/redis/circuit.ts";
import { openRedisHome } from "./counters/redis/open-redis-home.ts";
import { readyWithin } from "./counters/redis/ready-within.ts";
import { redisClocks } from "./counters/redis/redis-clocks.ts";
import type { RedisConnection, RedisSettings } from "./counters/redis/redis-connection.ts";
import { STORE_REASONS } from "./counters/redis/store-reasons.ts";
import type { SharedClocks } from "./counters/shared-clocks.ts";
import { timedStore } from "./counters/timed-store.ts";
import type { Clock, DurationMs, EpochMs, Observer } from "./units.ts";

/** Where the test pharmacy's swipes are counted: no rebuild and no replay uses this name. */
const TEST_GENERATION = "test";
/** Where the documents are that all generations of the memory share. */
const DOCUMENTS = FIRST_GENERATION;
/** How long a start waits for Redis before it serves stand-ins. */
const STORE_AT_START: DurationMs = 1_500;

/** Where the memory is, and what it says of itself. */
export interface Memory {
  readonly store: CounterStore;
  /** The same memory, read as of another time (a till's upload is played in its own). */
  storeAsOf(now: () => EpochMs): CounterStore;
  /** The test pharmacy's own memory, beside the living one and never mixed with it. */
  testStoreAsOf(now: () => EpochMs): CounterStore;
  readonly documents: SharedDocuments;
  /** Which generation of the memory lives, followed as it changes. */
  readonly generations: FollowedGenerations;
  readonly name: string;
  readonly redis: RedisConnection | undefined;
  /** Where instances compare their clocks; undefined where there can be only one. */
  readonly clocks: SharedClocks | undefined;
}

const CUT =
  "The log of the embedded store was cut after its last whole command (a crash, a power loss or a bad disk): a last command that nobody was told of is nothing; of more, what the journal knows comes back by `guard rebuild` on the stopped server.";

function tellOfCut(bytes: number, observer: Observer): void {
  if (bytes > 0) observer.notice({ kind: "memory.cut", value: bytes, message: CUT, level: "warn" });
}

export function openMemory(config: Config, clock: Clock, observer: Observer): Memory {
  const now = () => Math.floor(clock.now());
  const following = { now, clock: performance, timers: systemTimers, observer };
  if (config.redis === undefined) {
    const shelf = createDiskShelf(join(config.dataDir, "memory"), systemTimers);
    tellOfCut(shelf.cut, observer);
    const home = createEmbeddedHome(shelf, now);
    const documents = embeddedDocuments(shelf, DOCUMENTS);
    const memory = generationsMemory({ ...following, home, documents, watch: false });
    return {
      ...memory,
      store: timedStore(memory.store, steadyClock, observer),
      testStoreAsOf: (then) => createPackedStore(home, createKeyNames(TEST_GENERATION), then),
      documents,
      name: `embedded, in ${config.dataDir}`,
      redis: undefined,
      clocks: undefined,
    };
  }
  const steady = () => performance.now();
  // Whoever is willing to wait longer for an answer waits longer for the store, too.
  const stalledAfter = Math.max(STALLED_AFTER, config.deadlineMs);
  const opened = openRedisHome(config.redis, steady, systemTimers, observer, { stalledAfter });
  const { connection: redis, home } = opened;
  const documents = opened.documents(DOCUMENTS);
  const memory = generationsMemory({ ...following, home, documents, watch: true });
  return {
    ...memory,
    store: timedStore(memory.store, steadyClock, observer),
    testStoreAsOf: (then) => createPackedStore(home, createKeyNames(TEST_GENERATION), then),
    documents,
    name: config.redis.url,
    redis,
    clocks: redisClocks(redis, DOCUMENTS),
  };
}

/** Why the store is not of use now, in words; undefined while it is. */
export function storeAilment({ redis }: Memory): string | undefined {
  const reason = redis?.reason();
  return reason === undefined ? undefined : STORE_REASONS[reason];
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
  const steady = () => performance.now();
  const { connection, home } = openRedisHome(redis, steady, systemTimers, observer);
  if (!(await readyWithin(connection, systemTimers, 5_000))) {
    await connection.close();
    throw new Error("The store named by --store does not answer.");
  }
  return {
    store: store(home),
    close: async () => {
      await connection.removeAll(`${generation}:`);
      await connection.close();
    },
  };
}
