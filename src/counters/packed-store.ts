import { type Bytes, type EpochMs, type Observer, SILENT } from "../units.ts";
import { changePlan } from "./change-plan.ts";
import type {
  CounterStore,
  LedgerEntry,
  PersonKey,
  Sealed,
  StoredEntry,
  SwipeKey,
  TraceMemory,
} from "./contract.ts";
import { StoreUnreadableError } from "./contract.ts";
import {
  decodeAttempts,
  decodeClaims,
  decodeFlags,
  decodeUses,
  encodeFlag,
} from "./entry-layouts.ts";
import { foldedLedger } from "./fold-ledger.ts";
import { type KeyNames, traceField } from "./keys.ts";
import { decodeLedger } from "./ledger-layout.ts";
import * as limits from "./limits.ts";
import { decodeLocator, locatorEnds } from "./locator-layout.ts";
import { observePlan } from "./observe-plan.ts";
import { readObserved } from "./observe-reply.ts";
import { ANSWER_HEAD, type MemoryHome, type SealReply } from "./operations.ts";
import { decodeReturns } from "./returns-layout.ts";
import { sealPlan } from "./seal-plan.ts";

/** No swipe's own entries are left out. */
const NO_SWIPE: SwipeKey = "";

/** The one CounterStore: it speaks in packed bytes to whichever home keeps them. */
export function createPackedStore(
  home: MemoryHome,
  keys: KeyNames,
  now: () => EpochMs,
  observer: Observer = SILENT,
): CounterStore {
  limits.assertLimits();
  const noticeLost = (lost: number) => {
    if (lost > 0) observer.notice({ kind: "trace.bucket.full", value: lost });
  };
  return {
    observe: async (observation, wait) => {
      const reply = await home.observe(observePlan(observation, keys), wait);
      if ("lost" in reply) noticeLost(reply.lost);
      return readable(() => readObserved(observation, reply));
    },
    seal: async (sealing, wait) => readSealed(await home.seal(sealPlan(sealing, keys), wait)),
    complete: async (sealing) => {
      await home.complete?.(observePlan(sealing.observation, keys), sealPlan(sealing, keys));
    },
    completeChange: async (change) => {
      await home.completeChange?.(changePlan(change, keys));
    },
    locate: async (swipe) => {
      const [bytes] = await home.read([keys.locator(swipe)], now());
      return readable(() =>
        bytes && locatorEnds(bytes) > now() ? decodeLocator(bytes) : undefined,
      );
    },
    readEntry: (person, swipe) => readEntry(home, keys, now(), person, swipe),
    change: async (change) => {
      const reply = await home.change(changePlan(change, keys));
      if (!reply.changed) return { changed: false };
      noticeLost(reply.lost);
      const { seq: personSeq, incomplete } = reply;
      if (incomplete === undefined) return { changed: true, personSeq };
      return { changed: true, personSeq, incomplete };
    },
    fold: async (person, at) => {
      const ledgerKey = keys.ledger(person);
      const [before] = await home.read([ledgerKey], at);
      const after = before ? readable(() => foldedLedger(before, at)) : undefined;
      return before && after ? home.fold({ ledgerKey, before, after }) : false;
    },
    ledgers: async (persons) => {
      const at = now();
      const ledgers = await home.read(persons.map(keys.ledger), at);
      return readable(() => ledgers.map((bytes) => standingEntries(bytes, at)));
    },
    traces: async (codes) => readTraces(home, keys, now(), codes),
    flag: (person, flag) =>
      home.flag({ key: keys.flags(person), entry: encodeFlag(flag), ttl: limits.FLAG_KEPT }),
    flags: async (persons) => {
      const at = now();
      const flags = await home.read(persons.map(keys.flags), at);
      return readable(() => flags.map((bytes) => decodeFlags(bytes, at - limits.FLAG_KEPT)));
    },
    close: () => home.close(),
  };
}

/** What cannot be decoded is as good as not answered: a check without it is a stand-in and no failure. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message = "The store answered something the guard cannot read.";
    throw new StoreUnreadableError(message, { cause: error });
  }
}

function readSealed(reply: SealReply): Sealed {
  if (reply.won) return reply;
  return { won: false, answer: reply.answer.toString("latin1", ANSWER_HEAD) };
}

function standingEntries(bytes: Buffer | null, now: EpochMs): readonly LedgerEntry[] {
  return decodeLedger(bytes).filter(({ at }) => limits.isKept(at, limits.LEDGER_KEPT, now));
}

async function readTraces(
  home: MemoryHome,
  keys: KeyNames,
  now: EpochMs,
  codes: readonly Bytes[],
): Promise<readonly TraceMemory[]> {
  const reads = codes.map((code) => ({
    key: keys.traceBucket(code),
    field: traceField(code),
    splitKey: keys.splitPack(code),
  }));
  const values = await home.readTraces(reads, now);
  const after = now - limits.TRACE_KEPT;
  return readable(() =>
    codes.map((_, index) => ({
      claims: decodeClaims(values[2 * index] ?? null, NO_SWIPE, after),
      splits: decodeUses(values[2 * index + 1] ?? null, NO_SWIPE, after),
    })),
  );
}

async function readEntry(
  home: MemoryHome,
  keys: KeyNames,
  now: number,
  person: PersonKey,
  swipe: SwipeKey,
): Promise<StoredEntry> {
  const values = await home.read(
    [
      keys.ledger(person),
      keys.attempts(person),
      keys.answer(person, swipe),
      keys.returns(person, swipe),
    ],
    now,
  );
  return readable(() => storedEntry(values, swipe, now));
}

function storedEntry(
  [ledger, attempts, answer, returns]: readonly (Buffer | null)[],
  swipe: SwipeKey,
  now: EpochMs,
): StoredEntry {
  const entries = standingEntries(ledger ?? null, now);
  const entry = entries.find((of) => of.swipe === swipe);
  const sealed = answer && answer.length >= ANSWER_HEAD && answer.readUInt8(22) === 1;
  const fresh = sealed && limits.isKept(answer.readUIntBE(16, 6), limits.ANSWER_KEPT, now);
  return {
    entry,
    ledger: entries,
    attempts: decodeAttempts(attempts ?? null, NO_SWIPE, now - limits.ATTEMPTS_KEPT),
    answer: fresh ? answer.toString("latin1", ANSWER_HEAD) : undefined,
    returns: entry && returns ? decodeReturns(returns) : undefined,
  };
}
