import { type DurationMs, shanghaiDay } from "../units.ts";
import type {
  Binding,
  Claim,
  ClaimUse,
  Flag,
  LedgerEntry,
  LogEntry,
  Memory,
  Observation,
  Observed,
  SwipeKey,
  Tally,
  TraceMemory,
} from "./contract.ts";
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
import { SeenNames } from "./seen-names.ts";
import { decodeTally } from "./tally-layout.ts";

type NewOrRetry = Extract<ObserveReply, { verdict: "new" | "retry" }>;

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
      return observed(o, reply);
  }
}

function observed(o: Observation, reply: NewOrRetry): Observed {
  const { verdict, incomplete } = reply;
  const personSeq = ledgerSeq(reply.ledger) + 1;
  const memory = readMemory(o, reply);
  if (incomplete === undefined) return { verdict, personSeq, memory };
  return { verdict, personSeq, memory, incomplete };
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
function readMemory(o: Observation, reply: NewOrRetry): Memory {
  const values = new Values(o, reply.values);
  return {
    ledger: othersInLedger(o, reply.ledger),
    attempts: decodeAttempts(reply.attempts, o.swipe, o.at - limits.ATTEMPTS_KEPT),
    logs: o.logs.map(({ window }) => values.log(window)),
    traceCodes: traceMemories(o, values),
    token: o.token === undefined ? [] : values.uses(limits.TOKEN_KEPT),
    prescriptions: o.prescriptions.map(() => values.uses(limits.PRESCRIPTION_KEPT)),
    bindings: o.bindings.map(({ kept }) => values.bindings(kept)),
    tallies: o.tallies.map(() => values.tally()),
    flags: o.flags ? values.flags() : [],
  };
}

function othersInLedger(o: Observation, bytes: Buffer | null): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const entry of decodeLedger(bytes)) {
    const isKept = limits.isKept(entry.at, limits.LEDGER_KEPT, o.at);
    if (isKept && entry.swipe !== o.swipe) entries.push(entry);
  }
  return entries;
}

function traceMemories(o: Observation, values: Values): readonly (TraceMemory | undefined)[] {
  const seen = new SeenNames();
  return o.traceCodes.map(({ code, split }) => {
    const claims = values.claims();
    const splits = values.uses(limits.TRACE_KEPT);
    // A split sale's own append answers too; what it saw is what the read before it saw.
    if (seen.add(code) && split && o.reserve) values.skip();
    return claims && splits && { claims, splits };
  });
}

/** The values of a reply one after the other, without the swipe's own; what was not read in time stays undefined. */
class Values {
  private readonly observation: Observation;
  private readonly values: NewOrRetry["values"];
  private place = 0;

  constructor(observation: Observation, values: NewOrRetry["values"]) {
    this.observation = observation;
    this.values = values;
  }

  skip(): void {
    this.place += 1;
  }

  log(window: DurationMs): readonly LogEntry[] | undefined {
    const { at, swipe } = this.observation;
    const bytes = this.next();
    return bytes === undefined ? undefined : decodeLog(bytes, swipe, at - 2 * window);
  }

  claims(): readonly Claim[] | undefined {
    const { at, swipe } = this.observation;
    const bytes = this.next();
    return bytes === undefined ? undefined : decodeClaims(bytes, swipe, at - limits.TRACE_KEPT);
  }

  uses(kept: DurationMs): readonly ClaimUse[] | undefined {
    const { at, swipe } = this.observation;
    const bytes = this.next();
    return bytes === undefined ? undefined : decodeUses(bytes, swipe, at - kept);
  }

  bindings(kept: DurationMs): readonly Binding[] | undefined {
    const bytes = this.next();
    return bytes === undefined ? undefined : decodeBindings(bytes, this.observation.at - kept);
  }

  tally(): Tally | undefined {
    const bytes = this.next();
    return bytes === undefined ? undefined : recentTally(decodeTally(bytes), this.observation);
  }

  flags(): readonly Flag[] | undefined {
    const bytes = this.next();
    const after = this.observation.at - limits.FLAG_KEPT;
    return bytes === undefined ? undefined : decodeFlags(bytes, after);
  }

  private next(): Buffer | null | undefined {
    const bytes = this.values[this.place];
    this.place += 1;
    return bytes;
  }
}

/** The days that a reader may look back on, and the sales that are still open but for this swipe's own. */
function recentTally({ days, open }: Tally, { at, swipe }: Observation): Tally {
  const first = shanghaiDay(at) - (limits.TALLY_DAYS - 1);
  return {
    days: days.filter(({ day }) => day >= first),
    open: open.filter((sale) => sale.swipe !== swipe && shanghaiDay(sale.at) >= first),
  };
}
