import { mkdir } from "node:fs/promises";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { createDesk } from "./checkout/create-desk.ts";
import { atMost } from "./checkout/deadline.ts";
import type { Desk } from "./checkout/desk.ts";
import { createJournalRecorder } from "./checkout/journal-recorder.ts";
import { fixedKeyring } from "./checkout/keyring.ts";
import { warmUp } from "./checkout/warm-up.ts";
import type { Config } from "./config/config.ts";
import { systemClock, systemTimers } from "./config/machine.ts";
import { shipped } from "./config/settings.ts";
import { activation } from "./control/activation.ts";
import { lockFolder } from "./control/folder-lock.ts";
import { createBundleLoader } from "./control/load-bundle.ts";
import { openPages } from "./control/page-keeper.ts";
import { createReloading, noticeActive } from "./control/reloading.ts";
import type { SharedKeyring } from "./control/shared-keyring.ts";
import { createMemoryShelf } from "./counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "./counters/embedded/embedded-home.ts";
import { createKeyNames } from "./counters/keys.ts";
import { createPackedStore } from "./counters/packed-store.ts";
import { createApp } from "./http/app.ts";
import { readExamples } from "./http/examples.ts";
import { type Readiness, readinessOf } from "./http/readiness.ts";
import { folderState } from "./reference/folder-state.ts";
import { createLogger } from "./telemetry/logger.ts";
import { createTelemetry, type Telemetry } from "./telemetry/telemetry.ts";
import { type Clock, type DurationMs, type Observer, SILENT } from "./units.ts";
import { openKeyring, openMemory, reachAgreement } from "./wire-memory.ts";
import { openRecord } from "./wire-record.ts";

/** How the 10 s of a graceful stop are shared out, beside the record's own part: callers that do not finish, a frozen store. */
const OPEN_REQUESTS_AT_STOP: DurationMs = 3_000;
const AFTERWORK_AT_STOP: DurationMs = 1_000;

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
      await atMost(systemTimers, AFTERWORK_AT_STOP, reloading.close());
      await atMost(systemTimers, AFTERWORK_AT_STOP, desk.idle());
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

function places(config: Config) {
  return { policyFile: config.policyFile, referenceDir: config.referenceDir };
}
