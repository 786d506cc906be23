import type { Bytes } from "../units.ts";
import type { Memory, Observation, Observed, SwipeKey, TraceMemory } from "./contract.ts";
import {
  decodeAttempts,
  decodeBindings,
  decodeClaims,
  decodeLog,
  decodeUses,
} from "./entry-layouts.ts";
import { decodeEntry, decodeLedger, findEntry, ledgerSeq } from "./ledger-layout.ts";
import { ANSWER_HEAD, type ObserveReply } from "./operations.ts";

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

function readMemory(
  o: Observation,
  reply: Extract<ObserveReply, { verdict: "new" | "retry" }>,
): Memory {
  let next = 0;
  const take = () => reply.values[next++] ?? null;
  const logs = o.logs.map(() => decodeLog(take(), o.swipe));
  const seen = new Set<Bytes>();
  const traceCodes = o.traceCodes.map((use): TraceMemory => {
    const claims = decodeClaims(take(), o.swipe);
    const splits = decodeUses(take(), o.swipe);
    // A split sale's own append answers too; what it saw is what the read before it saw.
    if (use.split && o.reserve && !seen.has(use.code)) take();
    seen.add(use.code);
    return { claims, splits };
  });
  const token = o.token === undefined ? [] : decodeUses(take(), o.swipe);
  const card = o.card === undefined ? [] : decodeBindings(take());
  const personCards = o.card === undefined ? [] : decodeBindings(take());
  const prescriptions = o.prescriptions.map(() => decodeUses(take(), o.swipe));
  return {
    ledger: decodeLedger(reply.ledger).filter((entry) => entry.swipe !== o.swipe),
    attempts: decodeAttempts(reply.attempts, o.swipe),
    logs,
    traceCodes,
    token,
    card,
    personCards,
    prescriptions,
  };
}
