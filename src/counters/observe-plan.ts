import { type Bytes, DAY } from "../units.ts";
import {
  type LedgerEntry,
  type LocatedClaim,
  type LogUse,
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
import { SeenNames } from "./seen-names.ts";

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
  const seen = new SeenNames();
  const codes: Bytes[] = [];
  for (const use of o.traceCodes) {
    const code = use.code.slice(0, 4);
    if (seen.add(code)) codes.push(code);
  }
  if (codes.length > 1) codes.sort();
  return codes.length > limits.CODES_AN_ATTEMPT_MAX
    ? codes.slice(0, limits.CODES_AN_ATTEMPT_MAX)
    : codes;
}

function newEntry(o: Observation): LedgerEntry {
  return {
    swipe: o.swipe,
    state: "unsealed",
    at: o.at,
    settlement: NO_SETTLEMENT,
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
  return claims.length > limits.CLAIMS_A_SWIPE_MAX
    ? claims.slice(0, limits.CLAIMS_A_SWIPE_MAX)
    : claims;
}

/** In the order in which the reply is read. */
function observeOperations(o: Observation, keys: KeyNames): ObserveOperation[] {
  const operations: ObserveOperation[] = [];
  for (const log of o.logs) operations.push(logOperation(o, keys, log));
  addTraces(operations, o, keys);
  if (o.token !== undefined) operations.push(tokenUse(o, keys, o.token));
  addPrescriptions(operations, o, keys);
  for (const { kind, entity } of o.bindings)
    operations.push({ kind: "read", key: keys.binding(kind, entity) });
  for (const { kind, entity } of o.tallies)
    operations.push({ kind: "read", key: keys.tally(kind, entity) });
  if (o.flags) operations.push({ kind: "read", key: keys.flags(o.person.slice(0, 6)) });
  return operations;
}

function logOperation(o: Observation, keys: KeyNames, log: LogUse): ObserveOperation {
  const { at, swipe, person } = o;
  const { amount, mark } = log;
  return {
    kind: "log",
    key: keys.log(log.kind, log.entity),
    entry: encodeLogEntry({ at, swipe, person, amount, mark }),
    cut: o.at - 2 * log.window,
    max: log.exact * limits.LOG_ENTRIES_A_SWIPE,
    ttl: 2 * log.window,
  };
}

function addTraces(operations: ObserveOperation[], o: Observation, keys: KeyNames): void {
  const uses = o.traceCodes;
  if (uses.length === 0) return;
  // A claim says who took a code and not which: one for all of them.
  const entry = encodeClaim({
    state: "reserved",
    at: o.at,
    swipe: o.swipe,
    person: o.person.slice(0, 6),
    pharmacy: o.pharmacy,
  });
  const units = uses.some(({ split }) => split) ? unitsByCode(uses) : undefined;
  const seen = new SeenNames();
  for (const { code, split } of uses) {
    const writes = seen.add(code) && o.reserve;
    const splitKey = keys.splitPack(code);
    operations.push({
      kind: "trace",
      key: keys.traceBucket(code),
      field: traceField(code),
      splitKey,
      entry,
      write: writes && !split,
    });
    if (split && writes) operations.push(splitSale(o, splitKey, units?.get(code) ?? 0));
  }
}

/** Of all lines that name a code. */
function unitsByCode(uses: readonly TraceUse[]): ReadonlyMap<Bytes, number> {
  return sumBy(
    uses,
    (use) => use.code,
    (use) => use.units,
  );
}

function splitSale(o: Observation, key: string, units: number): ObserveOperation {
  return {
    kind: "use",
    key,
    entry: encodeUse(ownUse(o, "", units)),
    ttl: limits.TRACE_KEPT,
    write: true,
  };
}

function ownUse({ at, swipe, person, pharmacy }: Observation, drug: Bytes, quantity: number) {
  const state = "reserved" as const;
  return { state, at, swipe, person: person.slice(0, 8), pharmacy, drug, quantity };
}

function tokenUse(o: Observation, keys: KeyNames, token: Bytes): ObserveOperation {
  return {
    kind: "use",
    key: keys.token(token),
    entry: encodeUse(ownUse(o, "", 0)),
    ttl: limits.TOKEN_KEPT,
    write: o.reserve,
  };
}

/** Lines of one drug on one prescription are one use: the first writes the sum, the others only read. */
function addPrescriptions(operations: ObserveOperation[], o: Observation, keys: KeyNames): void {
  if (o.prescriptions.length === 0) return;
  const nameOf = (use: PrescriptionUse) => use.prescription + use.drug;
  const total = sumBy(o.prescriptions, nameOf, (use) => use.quantity);
  const seen = new SeenNames();
  for (const use of o.prescriptions) {
    const name = nameOf(use);
    operations.push({
      kind: "use",
      key: keys.prescription(use.prescription),
      entry: encodeUse(ownUse(o, use.drug, total.get(name) ?? 0)),
      ttl: limits.PRESCRIPTION_KEPT,
      write: seen.add(name) && o.reserve,
    });
  }
}

function sumBy<T>(items: readonly T[], name: (item: T) => Bytes, amount: (item: T) => number) {
  const sums = new Map<Bytes, number>();
  for (const item of items) {
    const of = name(item);
    sums.set(of, (sums.get(of) ?? 0) + amount(item));
  }
  return sums;
}
