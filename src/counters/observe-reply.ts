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
  const take = () => reply.values[next++] ?? null;
  const kept = <T extends { readonly at: EpochMs }>(entries: readonly T[], time: DurationMs) =>
    entries.filter(({ at }) => limits.isKept(at, time, o.at));
  const logs = o.logs.map(({ window }) => kept(decodeLog(take(), o.swipe), 2 * window));
  const seen = new Set<Bytes>();
  const traceCodes = o.traceCodes.map((use): TraceMemory => {
    const claims = kept(decodeClaims(take(), o.swipe), limits.TRACE_KEPT);
    const splits = kept(decodeUses(take(), o.swipe), limits.TRACE_KEPT);
    // A split sale's own append answers too; what it saw is what the read before it saw.
    if (use.split && o.reserve && !seen.has(use.code)) take();
    seen.add(use.code);
    return { claims, splits };
  });
  const token = o.token === undefined ? [] : kept(decodeUses(take(), o.swipe), limits.TOKEN_KEPT);
  const prescriptions = o.prescriptions.map(() =>
    kept(decodeUses(take(), o.swipe), limits.PRESCRIPTION_KEPT),
  );
  const bindings = o.bindings.map((use) => kept(decodeBindings(take()), use.kept));
  const tallies = o.tallies.map(() => recentTally(decodeTally(take()), o));
  const flags = o.flags ? kept(decodeFlags(take()), limits.FLAG_KEPT) : [];
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
