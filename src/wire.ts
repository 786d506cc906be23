import { mkdir } from "node:fs/promises";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { JournalHealth } from "./audit/journal.ts";
import { openBatchDesk } from "./checkout/batch/batch-desk.ts";
import { type Batches, createBatches } from "./checkout/batch/batches.ts";
import { createDesk, createShop, type Shop } from "./checkout/create-desk.ts";
import { atMost } from "./checkout/deadline.ts";
import type { Desk } from "./checkout/desk.ts";
import type { WaitingRecords } from "./checkout/entry/waiting-records.ts";
import { createJournalRecorder } from "./checkout/journal-recorder.ts";
import { fixedKeyring } from "./checkout/keyring.ts";
import { routeTestPharmacy, testTools } from "./checkout/test-pharmacy.ts";
import type { DeskTools } from "./checkout/tools.ts";
import { warmUp } from "./checkout/warm-up.ts";
import type { Config } from "./config/config.ts";
import { type StoppableClock, steadyClock, systemClock, systemTimers } from "./config/machine.ts";
import { shipped } from "./config/settings.ts";
import { activation } from "./control/activation.ts";
import { lockFolder } from "./control/folder-lock.ts";
import { type ClockWatch, watchClocks } from "./control/instances.ts";
import { createBundleLoader } from "./control/load-bundle.ts";
import { openPages } from "./control/page-keeper.ts";
import { createReloading, noticeActive, type Reloading } from "./control/reloading.ts";
import type { SharedKeyring } from "./control/shared-keyring.ts";
import { createMemoryShelf } from "./counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "./counters/embedded/embedded-home.ts";
import { createKeyNames } from "./counters/keys.ts";
import { createPackedStore } from "./counters/packed-store.ts";
import { swipeKey } from "./features/digests.ts";
import { createApp } from "./http/app.ts";
import { readExamples } from "./http/examples.ts";
import { type HealthFacts, type Readiness, readinessOf } from "./http/readiness.ts";
import { folderState } from "./reference/folder-state.ts";
import { createLogger } from "./telemetry/logger.ts";
import { createTelemetry, type Telemetry } from "./telemetry/telemetry.ts";
import { type Clock, type DurationMs, type Observer, SILENT } from "./units.ts";
import {
  type Memory,
  openKeyring,
  openMemory,
  reachAgreement,
  storeAilment,
} from "./wire-memory.ts";
import { openRecord, type RecordKeeping } from "./wire-record.ts";

/** How the 10 s of a graceful stop are shared out, beside the record's own part: callers that do not finish, a frozen store. */
const OPEN_REQUESTS_AT_STOP: DurationMs = 3_000;
const AFTERWORK_AT_STOP: DurationMs = 1_000;
/** How long a start waits until what was left behind is read again: some 20,000 records. */
const ENTRY_AT_START: DurationMs = 2_000;

/** The machine's clock where nothing else is given; a demo and a test set their own. */
export type OpenClock = (observer: Observer) => StoppableClock;

/** Everything but the doors: what a server, a benchmark and a fault test share. */
export interface Core {
  readonly desk: Desk;
  readonly batches: Batches;
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
  openClock: OpenClock = systemClock,
): Promise<Core> {
  let telemetry: Telemetry | undefined;
  const observer: Observer = { notice: (notice) => telemetry?.observer.notice(notice) };
  const clock = openClock(observer);
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
  const clocks = compareClocks(memory, record.instance, clock, observer);
  const keeper = await openPages(config.dataDir, systemTimers, observer);
  const tools: DeskTools = {
    ...{ clock, timers: systemTimers, observer, keyring },
    ...{ store: memory.store, pages: keeper.pages, bundle: keyring.bundle },
    recorder: createJournalRecorder(record.journal, record.instance, clock),
    ...{ enforce: config.enforce, deadline: config.deadlineMs, steady: steadyClock },
    patient: memory.redis === undefined,
  };
  const shop = openShop(tools, memory, record.waiting);
  const { desk } = shop;
  await warm(config, keyring, clock);
  keeper.watch(desk.idle);
  // What the process before left is held before the first till is heard: its steps find it waiting.
  await atMost(systemTimers, ENTRY_AT_START, shop.entry.start());
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
    batches: openBatches(tools, memory, shop),
    clock,
    observer,
    telemetry,
    keyring,
    storeName: memory.name,
    sinkName: record.name,
    readiness: () => readinessOf(healthOf({ record, memory, keyring, shop, clocks, reloading })),
    reload: reloading.reload,
    close: async () => {
      clocks?.close();
      // Side by side: with open requests before and the record after it, all of it must fit into the 10 s.
      const work = [reloading.close(), desk.idle(), shop.testEntry.stop(), shop.entry.stop()];
      await Promise.all(work.map((each) => atMost(systemTimers, AFTERWORK_AT_STOP, each)));
      await atMost(systemTimers, AFTERWORK_AT_STOP, keeper.close());
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
  openClock: OpenClock = systemClock,
): Promise<Server> {
  const logger = createLogger({ level: config.logLevel }) as FastifyBaseLogger;
  const core = await wireCore(config, logger, openClock);
  const app = createApp({
    desk: core.desk,
    batches: core.batches,
    readiness: core.readiness,
    metricsText: () => core.telemetry.metricsText(),
    observer: core.observer,
    logger,
    clock: core.clock,
    steady: steadyClock,
    deadline: config.deadlineMs,
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

/** Uploads of tills that were offline: the living shop's tools, each on a clock of its own. */
function openBatches(tools: DeskTools, memory: Memory, { entry }: Shop): Batches {
  const { clock, timers, observer, keyring } = tools;
  return createBatches({
    ...{ clock, timers, observer, agreed: keyring.agreed },
    waits: (scope, swipeId) => entry.book.waits(swipeKey(scope, swipeId)),
    openDesk: (of) => openBatchDesk(tools, memory.storeAsOf, memory.testStoreAsOf, of),
  });
}

interface OpenShop extends Shop {
  /** What waits of the test pharmacy: held in memory alone. */
  readonly testEntry: Shop["entry"];
}

/** The living shop, and beside it the test pharmacy's, which counts nowhere else. */
function openShop(tools: DeskTools, memory: Memory, records: WaitingRecords): OpenShop {
  const testStore = memory.testStoreAsOf(() => Math.floor(tools.clock.now()));
  const test = createShop(testTools(tools, testStore), { forgets: true });
  const { desk, entry } = createShop(tools, { records });
  return {
    desk: routeTestPharmacy(desk, test.desk, tools.observer, tools.clock),
    entry,
    testEntry: test.entry,
  };
}

/** The parts that say of themselves how they are. */
interface Healthy {
  readonly record: RecordKeeping;
  readonly memory: Memory;
  readonly keyring: SharedKeyring;
  readonly shop: OpenShop;
  readonly clocks: ClockWatch | undefined;
  readonly reloading: Reloading;
}

function healthOf({ record, memory, keyring, shop, clocks, reloading }: Healthy): HealthFacts {
  return {
    ...journalFacts(record.journal.health()),
    redis: memory.redis?.status(),
    redisReason: storeAilment(memory),
    eviction: memory.redis?.evictionPolicy(),
    keysAgreed: keyring.agreed(),
    generations: memory.generations.current().phase,
    kafkaDown: record.kafkaDown(),
    entry: shop.entry.state(),
    clocksApart: clocks?.apart(),
    refused: reloading.refused(),
    notInstalled: keyring.bundle().reference.notInstalled,
  };
}

/** With those of the other instances on the same store; a memory of its own has no others. */
function compareClocks(memory: Memory, instance: string, clock: Clock, observer: Observer) {
  const { clocks } = memory;
  if (clocks === undefined) return undefined;
  const own = { instance, clock, steady: steadyClock };
  return watchClocks({ ...own, clocks, timers: systemTimers, observer });
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

function journalFacts({ state, space }: JournalHealth) {
  return { journal: state, space };
}

/** Open requests are answered; a caller that never finishes its own is cut off. */
async function closeDoor(app: FastifyInstance): Promise<void> {
  const cancel = systemTimers.after(OPEN_REQUESTS_AT_STOP, () => app.server.closeAllConnections());
  await app.close();
  cancel();
}

function places(config: Config) {
  return { policyFile: config.policyFile, referenceDir: config.referenceDir };
}
