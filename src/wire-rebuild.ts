import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { openRecordedTopics } from "./audit/kafka/recorded-topics.ts";
import { openMergedJournals } from "./audit/merged-journals.ts";
import type { RecordSource } from "./audit/record-source.ts";
import { fixedKeyring } from "./checkout/keyring.ts";
import { Rebuilder } from "./checkout/rebuild/rebuilder.ts";
import type { DeskTools } from "./checkout/tools.ts";
import type { Config } from "./config/config.ts";
import { systemClock, systemTimers } from "./config/machine.ts";
import { lockFolder } from "./control/folder-lock.ts";
import { FIRST_GENERATION as DOCUMENTS } from "./control/generations.ts";
import { loadBundle } from "./control/load-bundle.ts";
import { pseudonymiserOf } from "./control/own-keys.ts";
import { type Estate, filledMemory, personsOf, storeOf } from "./control/rebuild/filled-memory.ts";
import { GenerationChanges } from "./control/rebuild/generation-changes.ts";
import { NoJournalError, NoKeyError, StoreAwayError } from "./control/rebuild/rebuild-errors.ts";
import {
  type RebuildOptions,
  type RebuildProgress,
  type RebuildReport,
  runRebuild,
} from "./control/rebuild/run-rebuild.ts";
import { ForeignKeyError } from "./control/shared-keyring.ts";
import { isControlDocument, type SharedDocuments } from "./counters/control-documents.ts";
import { createDiskShelf } from "./counters/embedded/disk-shelf.ts";
import { embeddedDocuments } from "./counters/embedded/embedded-documents.ts";
import { createEmbeddedHome } from "./counters/embedded/embedded-home.ts";
import { openRedisHome } from "./counters/redis/open-redis-home.ts";
import { readyWithin } from "./counters/redis/ready-within.ts";
import type { Pseudonymiser } from "./privacy/pseudonymiser.ts";
import { type Clock, type DurationMs, type EpochMs, SILENT } from "./units.ts";

/** A rebuild may wait where a till may not. */
const STORE_AT_START: DurationMs = 10_000;
/** It fills the store as fast as that takes it: its own queue is no sign that the store has stopped. */
const STALLED_AFTER: DurationMs = 5_000;

export interface RebuildWanted {
  readonly from: "journal" | "kafka";
  /** Folders of instances, or of their journals; empty: this one's. */
  readonly journals: readonly string[];
  readonly options: RebuildOptions;
  readonly signal: AbortSignal;
  progress(progress: RebuildProgress): void;
}

interface Opened {
  readonly estate: Estate;
  readonly documents: SharedDocuments;
  readonly live: boolean;
}

/** Puts a rebuild together and runs it to its end; whatever it opened is closed. */
export async function rebuildMemory(config: Config, wanted: RebuildWanted): Promise<RebuildReport> {
  const clock = systemClock(SILENT);
  const now = () => Math.floor(clock.now());
  const closing: (() => Promise<void>)[] = [async () => clock.close()];
  try {
    const folders = await journalFolders(config, wanted.journals);
    const { estate, documents, live } = await openEstate(config, now, closing);
    closing.push(() => estate.close());
    const key = await keyOf(config, folders, documents);
    const tools = await toolsOf(config, key.pseudonymiser, clock, storeOf(estate, DOCUMENTS, now));
    const changes = await GenerationChanges.hold(documents, randomBytes(8).toString("hex"));
    closing.push(() => changes.letGo().catch(() => undefined));
    const source = await openSource(config, wanted.from, folders, clock);
    closing.push(() => source.close());
    const report = await runRebuild({
      ...{ changes, source, live, clock, timers: systemTimers, random: Math.random },
      rebuilderOf: (generation) => new Rebuilder(tools, filledMemory(estate, generation, now)),
      storeOf: (generation) => storeOf(estate, generation, now),
      remove: (generation) => estate.remove(generation),
      personsOf: (generation, max) => personsOf(estate, generation, max),
      ...{ options: wanted.options, signal: wanted.signal, progress: wanted.progress },
    });
    if (report.switched) await tellKey(documents, key);
    return report;
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function openEstate(
  config: Config,
  now: () => EpochMs,
  closing: (() => Promise<void>)[],
): Promise<Opened> {
  if (config.redis === undefined) {
    const lock = await lockFolder(config.dataDir);
    closing.push(() => lock.release());
    const shelf = createDiskShelf(join(config.dataDir, "memory"), systemTimers);
    const home = createEmbeddedHome(shelf, now);
    const remove = async (generation: string) => {
      for (const key of shelf.keys(`${generation}:`))
        if (!isControlDocument(key)) await shelf.together(() => shelf.remove(key));
    };
    const scan = async function* (prefix: string) {
      yield [...shelf.keys(prefix)];
    };
    const estate = {
      home,
      forget: async (key: string) => shelf.together(() => shelf.remove(key)),
      remove,
      scan,
    };
    const documents = embeddedDocuments(shelf, DOCUMENTS);
    return { estate: { ...estate, close: () => home.close() }, documents, live: false };
  }
  const steady = () => performance.now();
  const tuning = { stalledAfter: STALLED_AFTER };
  const opened = openRedisHome(config.redis, steady, systemTimers, SILENT, tuning);
  const { connection, home } = opened;
  if (!(await readyWithin(connection, systemTimers, STORE_AT_START))) {
    await connection.close();
    throw new StoreAwayError();
  }
  const estate: Estate = {
    home,
    forget: async (key) => {
      await connection.send("UNLINK", [key]);
    },
    remove: (generation) => connection.removeAll(`${generation}:`),
    scan: (prefix) => connection.scan(prefix),
    close: () => connection.close(),
  };
  return { estate, documents: opened.documents(DOCUMENTS), live: true };
}

interface Key {
  readonly pseudonymiser: Pseudonymiser;
  /** What instances without a key of their own take over; undefined where each is given it by name. */
  readonly shared: string | undefined;
}

/** A store that lost its word of the key would take another one from the next new instance. */
async function tellKey(documents: SharedDocuments, { pseudonymiser, shared }: Key): Promise<void> {
  if (shared !== undefined) await documents.claim("keys", shared);
  await documents.claim("fingerprint", pseudonymiser.fingerprint);
}

/** Of the store, of the settings, of this folder, or of an instance whose journal is named; never a new one. */
async function keyOf(
  config: Config,
  folders: readonly string[],
  documents: SharedDocuments,
): Promise<Key> {
  const files = [
    join(config.dataDir, "keys.json"),
    ...folders.map((of) => join(of, "..", "keys.json")),
  ];
  const named = config.keysFile;
  const texts = named === undefined ? [await documents.read("keys")] : [await readText(named)];
  if (named === undefined) for (const file of files) texts.push(await readText(file));
  const text = texts.find((found) => found !== undefined);
  if (text === undefined) throw new NoKeyError();
  const pseudonymiser = pseudonymiserOf(text);
  const fingerprint = await documents.read("fingerprint");
  if (fingerprint !== undefined && fingerprint !== pseudonymiser.fingerprint)
    throw new ForeignKeyError();
  return { pseudonymiser, shared: named === undefined ? text : undefined };
}

function readText(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

async function toolsOf(
  config: Config,
  pseudonymiser: Pseudonymiser,
  clock: Clock,
  store: DeskTools["store"],
): Promise<DeskTools> {
  const bundle = await loadBundle(config, pseudonymiser, Number.POSITIVE_INFINITY);
  return {
    ...{ clock, timers: systemTimers, observer: SILENT, store, bundle: () => bundle },
    keyring: fixedKeyring(pseudonymiser),
    recorder: SILENT_RECORDER,
    ...{ enforce: "all" as const, deadline: Number.POSITIVE_INFINITY, patient: true },
  };
}

/** What is recorded already is not recorded again. */
const nowhere = async () => undefined;
const SILENT_RECORDER: DeskTools["recorder"] = {
  ...{ decided: nowhere, settled: nowhere, reversed: nowhere, acknowledged: nowhere },
  ...{ waiting: nowhere, entered: nowhere, applied: nowhere, clue: nowhere, indicator: nowhere },
};

async function journalFolders(
  config: Config,
  named: readonly string[],
): Promise<readonly string[]> {
  if (named.length === 0) return [join(config.dataDir, "journal")];
  const folders: string[] = [];
  for (const folder of named) {
    const inside = resolve(folder, "journal");
    folders.push((await isFolder(inside)) ? inside : resolve(folder));
  }
  return [...new Set(folders)];
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function openSource(
  config: Config,
  from: RebuildWanted["from"],
  folders: readonly string[],
  clock: Clock,
): Promise<RecordSource> {
  if (from === "journal") {
    for (const folder of folders) if (!(await isFolder(folder))) throw new NoJournalError(folder);
    return openMergedJournals(folders, clock);
  }
  if (config.kafka === undefined) throw new NoJournalError("Kafka, as KAFKA_BROKERS is not set");
  const { kafka: connection, dataDir } = config;
  const folder = (await isFolder(dataDir)) ? dataDir : dirname(dataDir);
  return openRecordedTopics({ connection, observer: SILENT, clock, timers: systemTimers, folder });
}
