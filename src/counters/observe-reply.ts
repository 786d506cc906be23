import { type Bytes, type DurationMs, type EpochMs, shanghaiDay } from "../units.ts";
import type { Memory, Observation, Observed, SwipeKey, Tally, TraceMemory } from "./contract.ts";
import {
  decodeAttempts,
  decodeBindings,
  decodeClaims,
  decodeFlags,
  decodeLog,
  decodeUses,
} from "./entry-layouts.ts";
import { decodeEntry, decodeLedger, findEntry, ledgerSeq } from "./ledger-layout.ts";
import * as limits from "./limits.ts";
import { ANSWER_HEAD, type ObserveReply } from "./operations.ts";
import { decodeTally } from "./tally-layout.ts";

/** Raw replies become what was remembered before this swipe: its own entries are left out. */
export function readObserved(o: Observation, reply: ObserveReply): Observed {
  switch (reply.verdict) {
    case "conflict":
      return reply;
    case "sealed":
      return { verdict: "sealed", answer: reply.answer.toString("latin1", ANSWER_HEAD) };
    case "recalled":
      return recalled(o.swipe, reply.ledger);
    default:
      return {
        verdict: reply.verdict,
        personSeq: ledgerSeq(reply.ledger) + 1,
        memory: readMemory(o, reply),
        ...(reply.incomplete === undefined ? {} : { incomplete: reply.incomplete }),
      };
  }
}

function recalled(swipe: SwipeKey, ledger: Buffer): Observed {
  const position = findEntry(ledger, swipe);
  if (position < 0) throw new Error("GUARD_COUNTERS_RECALL: a recalled swipe is not in its ledger");
  return { verdict: "recalled", entry: decodeEntry(ledger, position) };
}

/**
 * What is too old is left out by its own time: a key may outlive what is in it, on a server by the entries
 * around it, in a replay because a year passes in a minute.
 */
function readMemory(
  o: Observation,
  reply: Extract<ObserveReply, { verdict: "new" | "retry" }>,
): Memory {
  let next = 0;
  const kept = <T extends { readonly at: EpochMs }>(entries: readonly T[], time: DurationMs) =>
    entries.filter(({ at }) => limits.isKept(at, time, o.at));
  /** What was not read in time stays undefined. */
  const take = <T>(read: (bytes: Buffer | null) => T): T | undefined => {
    const bytes = reply.values[next++];
    return bytes === undefined ? undefined : read(bytes);
  };
  const taken = <T extends { readonly at: EpochMs }>(
    decode: (bytes: Buffer | null, own: SwipeKey) => readonly T[],
    time: DurationMs,
  ) => take((bytes) => kept(decode(bytes, o.swipe), time));
  const logs = o.logs.map(({ window }) => taken(decodeLog, 2 * window));
  const seen = new Set<Bytes>();
  const traceCodes = o.traceCodes.map((use): TraceMemory | undefined => {
    const claims = taken(decodeClaims, limits.TRACE_KEPT);
    const splits = taken(decodeUses, limits.TRACE_KEPT);
    // A split sale's own append answers too; what it saw is what the read before it saw.
    if (use.split && o.reserve && !seen.has(use.code)) next += 1;
    seen.add(use.code);
    return claims && splits && { claims, splits };
  });
  const token = o.token === undefined ? [] : taken(decodeUses, limits.TOKEN_KEPT);
  const prescriptions = o.prescriptions.map(() => taken(decodeUses, limits.PRESCRIPTION_KEPT));
  const bindings = o.bindings.map((use) => taken(decodeBindings, use.kept));
  const tallies = o.tallies.map(() => take((bytes) => recentTally(decodeTally(bytes), o)));
  const flags = o.flags ? taken(decodeFlags, limits.FLAG_KEPT) : [];
  const ledger = kept(decodeLedger(reply.ledger), limits.LEDGER_KEPT);
  return {
    ledger: ledger.filter((entry) => entry.swipe !== o.swipe),
    attempts: kept(decodeAttempts(reply.attempts, o.swipe), limits.ATTEMPTS_KEPT),
    logs,
    traceCodes,
    token,
    prescriptions,
    bindings,
    tallies,
    flags,
  };
}

/** The days that a reader may look back on, and the sales that are still open but for this swipe's own. */
function recentTally({ days, open }: Tally, { at, swipe }: Observation): Tally {
  const first = shanghaiDay(at) - (limits.TALLY_DAYS - 1);
  return {
    days: days.filter(({ day }) => day >= first),
    open: open.filter((sale) => sale.swipe !== swipe && shanghaiDay(sale.at) >= first),
  };
}
