import type { EpochMs } from "../units.ts";
import { changePlan } from "./change-plan.ts";
import type { CounterStore, PersonKey, Sealed, StoredEntry, SwipeKey } from "./contract.ts";
import { decodeAttempts } from "./entry-layouts.ts";
import { foldedLedger } from "./fold-ledger.ts";
import type { KeyNames } from "./keys.ts";
import { decodeLedger } from "./ledger-layout.ts";
import * as limits from "./limits.ts";
import { decodeLocator, locatorEnds } from "./locator-layout.ts";
import { observePlan } from "./observe-plan.ts";
import { readObserved } from "./observe-reply.ts";
import { ANSWER_HEAD, type MemoryHome, type SealReply } from "./operations.ts";
import { decodeReturns } from "./returns-layout.ts";
import { sealPlan } from "./seal-plan.ts";

/** The one CounterStore: it speaks in packed bytes to whichever home keeps them. */
export function createPackedStore(
  home: MemoryHome,
  keys: KeyNames,
  now: () => EpochMs,
): CounterStore {
  limits.assertLimits();
  return {
    observe: async (observation) =>
      readObserved(observation, await home.observe(observePlan(observation, keys))),
    seal: async (sealing) => readSealed(await home.seal(sealPlan(sealing, keys))),
    locate: async (swipe) => {
      const [bytes] = await home.read([keys.locator(swipe)], now());
      return bytes && locatorEnds(bytes) > now() ? decodeLocator(bytes) : undefined;
    },
    readEntry: (person, swipe) => readEntry(home, keys, now(), person, swipe),
    change: async (change) => {
      const reply = await home.change(changePlan(change, keys));
      return reply.changed ? { changed: true, personSeq: reply.seq } : { changed: false };
    },
    fold: async (person, at) => {
      const ledgerKey = keys.ledger(person);
      const [before] = await home.read([ledgerKey], at);
      const after = before ? foldedLedger(before, at) : undefined;
      return before && after ? home.fold({ ledgerKey, before, after }) : false;
    },
    close: () => home.close(),
  };
}

function readSealed(reply: SealReply): Sealed {
  if (reply.won) return { won: true };
  return { won: false, answer: reply.answer.toString("latin1", ANSWER_HEAD) };
}

async function readEntry(
  home: MemoryHome,
  keys: KeyNames,
  now: number,
  person: PersonKey,
  swipe: SwipeKey,
): Promise<StoredEntry> {
  const [ledger, attempts, answer, returns] = await home.read(
    [
      keys.ledger(person),
      keys.attempts(person),
      keys.answer(person, swipe),
      keys.returns(person, swipe),
    ],
    now,
  );
  const entries = decodeLedger(ledger ?? null).filter(({ at }) =>
    limits.isKept(at, limits.LEDGER_KEPT, now),
  );
  const entry = entries.find((of) => of.swipe === swipe);
  const sealed = answer && answer.length >= ANSWER_HEAD && answer.readUInt8(22) === 1;
  const fresh = sealed && limits.isKept(answer.readUIntBE(16, 6), limits.ANSWER_KEPT, now);
  return {
    entry,
    ledger: entries,
    attempts: decodeAttempts(attempts ?? null, "").filter(({ at }) =>
      limits.isKept(at, limits.ATTEMPTS_KEPT, now),
    ),
    answer: fresh ? answer.toString("latin1", ANSWER_HEAD) : undefined,
    returns: entry && returns ? decodeReturns(returns) : undefined,
  };
}
