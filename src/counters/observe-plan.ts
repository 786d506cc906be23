import { type Bytes, DAY } from "../units.ts";
import {
  type LedgerEntry,
  type LocatedClaim,
  NO_SETTLEMENT,
  type Observation,
  type PrescriptionUse,
  type TraceUse,
} from "./contract.ts";
import { encodeAttempt, encodeClaim, encodeLogEntry, encodeUse } from "./entry-layouts.ts";
import { type KeyNames, traceField } from "./keys.ts";
import { encodeEntry } from "./ledger-layout.ts";
import * as limits from "./limits.ts";
import { encodeLocator } from "./locator-layout.ts";
import type { ObserveOperation, ObservePlan } from "./operations.ts";

/** What a check counts and claims, as operations; replies come back in the same order. */
export function observePlan(o: Observation, keys: KeyNames): ObservePlan {
  const keptDays = (o.reserve ? limits.LEDGER_KEPT : limits.ATTEMPTS_KEPT) / DAY;
  const claims = o.reserve ? claimsOf(o) : [];
  return {
    at: o.at,
    swipe: o.swipe,
    person: o.person,
    content: o.content,
    answerKey: keys.answer(o.person, o.swipe),
    locatorKey: keys.locator(o.swipe),
    locator: encodeLocator(o.at, o.person, o.pharmacy, keptDays, claims),
    locatorTtl: keptDays * DAY,
    ledgerKey: keys.ledger(o.person),
    entry: o.reserve ? encodeEntry(newEntry(o)) : undefined,
    attemptsKey: keys.attempts(o.person),
    attempt: encodeAttempt({
      at: o.at,
      swipe: o.swipe,
      pharmacy: o.pharmacy,
      area: o.area,
      inquiry: !o.reserve,
      credential: o.credential,
      basket: o.basket,
      codes: attemptCodes(o),
    }),
    operations: observeOperations(o, keys),
  };
}

/** Four bytes of each code, enough to know a second try of the same sale. */
export function attemptCodes(o: Pick<Observation, "traceCodes">): Bytes[] {
  return [...new Set(o.traceCodes.map((use) => use.code.slice(0, 4)))]
    .sort()
    .slice(0, limits.CODES_AN_ATTEMPT_MAX);
}

function newEntry(o: Observation): LedgerEntry {
  return {
    swipe: o.swipe,
    state: "unsealed",
    at: o.at,
    pharmacy: o.pharmacy,
    area: o.area,
    fund: o.fund,
    level: 0,
    presume: false,
    late: false,
    against: false,
    unchecked: false,
    partlyReturned: false,
    nature: o.nature,
    settlement: NO_SETTLEMENT,
    lines: o.lines,
  };
}

export function claimsOf(o: Observation): LocatedClaim[] {
  const claims: LocatedClaim[] = [];
  for (const use of o.traceCodes) {
    claims.push({ kind: use.split ? "split" : "trace", line: use.line, id: use.code });
  }
  for (const use of o.prescriptions) {
    claims.push({ kind: "prescription", line: use.line, id: use.prescription });
  }
  if (o.token !== undefined) claims.push({ kind: "token", line: 0, id: o.token });
  return claims.slice(0, limits.CLAIMS_A_SWIPE_MAX);
}

function observeOperations(o: Observation, keys: KeyNames): ObserveOperation[] {
  const logs = o.logs.map(
    (log): ObserveOperation => ({
      kind: "log",
      key: keys.log(log.kind, log.entity),
      entry: encodeLogEntry({
        at: o.at,
        swipe: o.swipe,
        person: o.person,
        amount: log.amount,
        mark: log.mark,
      }),
      cut: o.at - 2 * log.window,
      max: log.exact * limits.LOG_ENTRIES_A_SWIPE,
      ttl: 2 * log.window,
    }),
  );
  const read = (key: string): ObserveOperation => ({ kind: "read", key });
  return [
    ...logs,
    ...traceOperations(o, keys),
    ...tokenOperations(o, keys),
    ...prescriptionOperations(o, keys),
    ...o.bindings.map(({ kind, entity }) => read(keys.binding(kind, entity))),
    ...o.tallies.map(({ kind, entity }) => read(keys.tally(kind, entity))),
    ...(o.flags ? [read(keys.flags(o.person.slice(0, 6)))] : []),
  ];
}

function traceOperations(o: Observation, keys: KeyNames): ObserveOperation[] {
  const total = sumBy(
    o.traceCodes,
    (use) => use.code,
    (use) => use.units,
  );
  const seen = new Set<Bytes>();
  return o.traceCodes.flatMap((use): ObserveOperation[] => {
    const first = !seen.has(use.code);
    seen.add(use.code);
    const read: ObserveOperation = {
      kind: "trace",
      key: keys.traceBucket(use.code),
      field: traceField(use.code),
      splitKey: keys.splitPack(use.code),
      entry: encodeClaim({
        state: "reserved",
        at: o.at,
        swipe: o.swipe,
        person: o.person.slice(0, 6),
        pharmacy: o.pharmacy,
      }),
      write: o.reserve && first && !use.split,
    };
    if (!use.split || !o.reserve || !first) return [read];
    return [read, splitSale(o, keys, use, total.get(use.code) ?? use.units)];
  });
}

function splitSale(o: Observation, keys: KeyNames, use: TraceUse, units: number): ObserveOperation {
  return {
    kind: "use",
    key: keys.splitPack(use.code),
    entry: encodeUse({ ...ownUse(o), drug: "", quantity: units }),
    ttl: limits.TRACE_KEPT,
    write: true,
  };
}

function ownUse(o: Observation) {
  return {
    state: "reserved" as const,
    at: o.at,
    swipe: o.swipe,
    person: o.person.slice(0, 8),
    pharmacy: o.pharmacy,
  };
}

function tokenOperations(o: Observation, keys: KeyNames): ObserveOperation[] {
  if (o.token === undefined) return [];
  return [
    {
      kind: "use",
      key: keys.token(o.token),
      entry: encodeUse({ ...ownUse(o), drug: "", quantity: 0 }),
      ttl: limits.TOKEN_KEPT,
      write: o.reserve,
    },
  ];
}

/** Lines of one drug on one prescription are one use: the first writes the sum, the others only read. */
function prescriptionOperations(o: Observation, keys: KeyNames): ObserveOperation[] {
  const nameOf = (use: PrescriptionUse) => use.prescription + use.drug;
  const total = sumBy(o.prescriptions, nameOf, (use) => use.quantity);
  const seen = new Set<Bytes>();
  return o.prescriptions.map((use) => {
    const first = !seen.has(nameOf(use));
    seen.add(nameOf(use));
    return {
      kind: "use",
      key: keys.prescription(use.prescription),
      entry: encodeUse({ ...ownUse(o), drug: use.drug, quantity: total.get(nameOf(use)) ?? 0 }),
      ttl: limits.PRESCRIPTION_KEPT,
      write: o.reserve && first,
    };
  });
}

function sumBy<T>(items: readonly T[], name: (item: T) => Bytes, amount: (item: T) => number) {
  const sums = new Map<Bytes, number>();
  for (const item of items) sums.set(name(item), (sums.get(name(item)) ?? 0) + amount(item));
  return sums;
}
