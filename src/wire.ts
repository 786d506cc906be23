import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { type Journal, openJournal } from "./audit/journal.ts";
import { createKafkaSink } from "./audit/kafka/sink.ts";
import { Relay } from "./audit/relay.ts";
import { createDesk } from "./checkout/create-desk.ts";
import { within } from "./checkout/deadline.ts";
import type { Desk } from "./checkout/desk.ts";
import { createJournalRecorder } from "./checkout/journal-recorder.ts";
import { fixedKeyring } from "./checkout/keyring.ts";
import { warmUp } from "./checkout/warm-up.ts";
import type { Config } from "./config/config.ts";
import { systemClock, systemTimers } from "./config/machine.ts";
import { shipped } from "./config/settings.ts";
import { activation } from "./control/activation.ts";
import { lockFolder } from "./control/folder-lock.ts";
import { instanceName } from "./control/instance-name.ts";
import { type BundleLoader, createBundleLoader } from "./control/load-bundle.ts";
import { readOwnKeys } from "./control/own-keys.ts";
import { openPages } from "./control/page-keeper.ts";
import { createReloading, noticeActive } from "./control/reloading.ts";
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
import { createApp } from "./http/app.ts";
import { readExamples } from "./http/examples.ts";
import { type Readiness, readinessOf } from "./http/readiness.ts";
import { folderState } from "./reference/folder-state.ts";
import { createLogger } from "./telemetry/logger.ts";
import { createTelemetry, type Telemetry } from "./telemetry/telemetry.ts";
import { type Clock, type DurationMs, type Observer, SILENT, type Timers } from "./units.ts";

/** The living memory's generation; `guard rebuild` will fill another beside it. */
const GENERATION = "g1";
/** How long a start waits for Redis before it serves stand-ins. */
const STORE_AT_START: DurationMs = 1_500;
/** How the 10 s of a graceful stop are shared out: callers that do not finish, a frozen store, a Kafka that is away. */
const OPEN_REQUESTS_AT_STOP: DurationMs = 3_000;
const AFTERWORK_AT_STOP: DurationMs = 1_000;
const RELAY_AT_STOP: DurationMs = 3_000;
const SINK_AT_STOP: DurationMs = 1_000;

/** Where the memory is, and what it says of itself. */
interface Memory {
  readonly store: CounterStore;
  readonly documents: ControlDocuments;
  readonly name: string;
  readonly redis: RedisConnection | undefined;
}

/** The machine's clock, or one that a demo sets. */
type StoppableClock = Clock & { close(): void };

/** Everything but the doors: what a server, a benchmark and a fault test share. */
export interface Core {
  readonly desk: Desk;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly telemetry: Telemetry;
  readonly keyring: SharedKeyring;
  readonly storeName: string;
  readonly sinkName: string;
  readiness(): Readiness;
  /** Policy and reference data again, all or nothing; says what is broken and never rejects. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface Server extends Core {
  readonly app: FastifyInstance;
  /** Where it listens, for instance `http://127.0.0.1:8080`. */
  listen(): Promise<string>;
}

/**
 * @throws FolderInUseError, KeysBrokenError, ForeignKeyError, PolicyBrokenError, ReferenceBrokenError:
 * each is one clear reason not to start.
 */
export async function wireCore(
  config: Config,
  logger?: FastifyBaseLogger,
  ownClock?: StoppableClock,
): Promise<Core> {
  let telemetry: Telemetry | undefined;
  const observer: Observer = { notice: (notice) => telemetry?.observer.notice(notice) };
  const clock = ownClock ?? systemClock(observer);
  telemetry = createTelemetry({ clock, ...(logger ? { log: logger } : {}) });
  await mkdir(config.dataDir, { recursive: true });
  const lock = await lockFolder(config.dataDir);
  const memory = openMemory(config, clock, observer);
  const loader = createBundleLoader(places(config), clock, systemTimers);
  const keyring = await openKeyring(config, memory, loader, observer);
  await reachAgreement(keyring, memory, observer);
  // A store that was away may come back empty, or be another one.
  memory.redis?.whenReady(() => keyring.keepTrying());
  const record = await openRecord(config, clock, observer);
  const keeper = await openPages(config.dataDir, systemTimers, observer);
  const desk = createDesk({
    ...{ clock, timers: systemTimers, observer, keyring },
    ...{ store: memory.store, pages: keeper.pages, bundle: keyring.bundle },
    recorder: createJournalRecorder(record.journal, record.instance, clock),
    ...{ enforce: config.enforce, deadline: config.deadlineMs },
    patient: memory.redis === undefined,
  });
  await warm(config, keyring, clock);
  keeper.watch(desk.idle);
  const active = activation(record.journal, record.instance, clock);
  await active.announce(keyring.bundle(), keyring.current().fingerprint);
  noticeActive(keyring.bundle(), observer);
  const folder = { now: () => folderState(config.referenceDir), lastRead: loader.lastRead };
  const reloading = createReloading({
    ...{ keyring, activation: active, folder, observer, clock },
    timers: systemTimers,
  });
  reloading.watch();
  return {
    desk,
    clock,
    observer,
    telemetry,
    keyring,
    storeName: memory.name,
    sinkName: record.name,
    readiness: () =>
      readinessOf({
        journal: record.journal.health().state,
        redis: memory.redis?.status(),
        eviction: memory.redis?.evictionPolicy(),
        keysAgreed: keyring.agreed(),
        kafkaDown: record.kafkaDown(),
        refused: reloading.refused(),
        notInstalled: keyring.bundle().reference.notInstalled,
      }),
    reload: reloading.reload,
    close: async () => {
      await atMost(AFTERWORK_AT_STOP, reloading.close());
      await atMost(AFTERWORK_AT_STOP, desk.idle());
      await atMost(AFTERWORK_AT_STOP, keeper.close());
      await record.close();
      await memory.store.close();
      clock.close();
      telemetry?.close();
      await lock.release();
    },
  };
}

/** The core with its HTTP doors. Nothing listens until `listen`. */
export async function wireServer(
  config: Config,
  version: string,
  ownClock?: StoppableClock,
): Promise<Server> {
  const logger = createLogger({ level: config.logLevel }) as FastifyBaseLogger;
  const core = await wireCore(config, logger, ownClock);
  const app = createApp({
    desk: core.desk,
    readiness: core.readiness,
    metricsText: () => core.telemetry.metricsText(),
    observer: core.observer,
    logger,
    clock: core.clock,
    draining: () => false,
    version,
    examples: readExamples(shipped().examplesDir),
  });
  for (const message of config.warnings) {
    core.observer.notice({ kind: "setting.unknown", message, level: "warn" });
  }
  return {
    ...core,
    app,
    listen: () => app.listen({ ...config.http }),
    close: async () => {
      await closeDoor(app);
      await core.close();
    },
  };
}

/** The same code over a memory and a record that are thrown away. */
async function warm(config: Config, keyring: SharedKeyring, clock: Clock): Promise<void> {
  const shelf = createMemoryShelf();
  const now = () => Math.floor(clock.now());
  const desk = createDesk({
    clock,
    timers: systemTimers,
    observer: SILENT,
    store: createPackedStore(createEmbeddedHome(shelf, now), createKeyNames("warm"), now),
    keyring: fixedKeyring(keyring.forLists()),
    recorder: createJournalRecorder({ append: async () => undefined }, "warm", clock),
    bundle: keyring.bundle,
    enforce: config.enforce,
    deadline: config.deadlineMs,
    patient: true,
  });
  await warmUp(desk, clock.now());
  await shelf.close();
}

/** Open requests are answered; a caller that never finishes its own is cut off. */
async function closeDoor(app: FastifyInstance): Promise<void> {
  const cancel = systemTimers.after(OPEN_REQUESTS_AT_STOP, () => app.server.closeAllConnections());
  await app.close();
  cancel();
}

/** Waits for work that hangs on others; what it still does afterwards ends with the process. */
async function atMost(wait: DurationMs, work: Promise<void>): Promise<void> {
  await within(systemTimers, wait, work, () => undefined).catch(() => undefined);
}

function places(config: Config) {
  return { policyFile: config.policyFile, referenceDir: config.referenceDir };
}

function openMemory(config: Config, clock: Clock, observer: Observer): Memory {
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

async function openKeyring(
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
async function reachAgreement(keyring: SharedKeyring, memory: Memory, observer: Observer) {
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

interface RecordKeeping {
  readonly journal: Journal;
  readonly instance: string;
  readonly name: string;
  kafkaDown(): boolean;
  close(): Promise<void>;
}

async function openRecord(
  config: Config,
  clock: Clock,
  observer: Observer,
): Promise<RecordKeeping> {
  const folder = join(config.dataDir, "journal");
  const instance = await instanceName(config.dataDir);
  const journal = await openJournal({
    folder,
    clock,
    timers: systemTimers,
    observer,
    instance,
    limits: { maxBytes: config.journal.maxBytes, maxDays: config.journal.days },
    relayed: config.kafka !== undefined,
  });
  if (config.kafka === undefined) {
    const name = `journal in ${folder} (no Kafka)`;
    return { journal, instance, name, kafkaDown: () => false, close: () => journal.close() };
  }
  const sink = createKafkaSink(config.kafka, observer);
  let down = false;
  const watched = {
    send: (batch: Parameters<typeof sink.send>[0]) =>
      sink.send(batch).then(
        () => {
          down = false;
        },
        (error: unknown) => {
          down = true;
          throw error;
        },
      ),
    close: () => sink.close(),
  };
  const relay = new Relay({ journal, folder, sink: watched, timers: systemTimers, observer });
  relay.start();
  return {
    journal,
    instance,
    name: `Kafka at ${config.kafka.brokers.join(", ")}, through the journal in ${folder}`,
    kafkaDown: () => down,
    close: async () => {
      await relay.stop(RELAY_AT_STOP);
      await atMost(SINK_AT_STOP, sink.close());
      await journal.close();
    },
  };
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
