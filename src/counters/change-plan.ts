import type { TenThousandths } from "../units.ts";
import { claimKey, distinctClaims, stateOperation } from "./claim-operations.ts";
import { CLAIM_STATES, type ClaimMove, type ClaimState, type EntryChange } from "./contract.ts";
import { encodeClaim, encodeUse } from "./entry-layouts.ts";
import { type KeyNames, traceField } from "./keys.ts";
import { encodeEntry } from "./ledger-layout.ts";
import * as limits from "./limits.ts";
import { encodeClaims } from "./locator-layout.ts";
import type { ChangeOperation, ChangePlan } from "./operations.ts";
import { encodeReturns } from "./returns-layout.ts";

export function changePlan(c: EntryChange, keys: KeyNames): ChangePlan {
  const before = encodeEntry(c.before);
  const after = encodeEntry(c.after);
  // An entry is replaced in place: one of another length would break every entry behind it.
  if (after.length !== before.length)
    throw new Error("GUARD_COUNTERS_CHANGE: an entry keeps its lines when it changes");
  return {
    at: c.at,
    swipe: c.swipe,
    ledgerKey: keys.ledger(c.person),
    before,
    after,
    operations: changeOperations(c, keys),
  };
}

function changeOperations(c: EntryChange, keys: KeyNames): ChangeOperation[] {
  const operations: ChangeOperation[] = [];
  if (c.returns !== undefined) {
    const key = keys.returns(c.person, c.swipe);
    const value = encodeReturns(c.returns);
    operations.push({ kind: "put", key, value, ttl: limits.LEDGER_KEPT });
  }
  if (c.lateClaims !== undefined && c.lateClaims.length > 0) {
    const claims = encodeClaims(c.lateClaims);
    operations.push({ kind: "locate", key: keys.locator(c.swipe), claims });
  }
  for (const move of distinctClaims(c.claims)) operations.push(moveOperation(c, move, keys));
  for (const { kind, entity, at, move, columns } of c.tallies)
    operations.push({ kind: "tally", key: keys.tally(kind, entity), move, at, columns });
  return operations;
}

function moveOperation(c: EntryChange, move: ClaimMove, keys: KeyNames): ChangeOperation {
  const { to } = move;
  if (to === "released") return stateOperation(move, undefined, keys);
  if (to === "returned") return stateOperation(move, CLAIM_STATES.indexOf(to), keys);
  if (move.kind === "trace") return takeCode(c, move, to, keys);
  // Which drug's use it is must be known to claim it anew; else those that stand change their state.
  const isNameless = move.kind === "prescription" && move.use === undefined;
  if (isNameless) return stateOperation(move, CLAIM_STATES.indexOf(to), keys);
  return takeUse(c, move, to, keys);
}

function takeCode(
  c: EntryChange,
  move: ClaimMove,
  state: ClaimState,
  keys: KeyNames,
): ChangeOperation {
  return {
    kind: "traceTake",
    key: keys.traceBucket(move.id),
    field: traceField(move.id),
    entry: encodeClaim({
      state,
      at: c.after.at,
      swipe: c.swipe,
      person: c.person.slice(0, 6),
      pharmacy: c.pharmacy,
    }),
  };
}

const KEPT = {
  token: limits.TOKEN_KEPT,
  prescription: limits.PRESCRIPTION_KEPT,
  split: limits.TRACE_KEPT,
  trace: limits.TRACE_KEPT,
} as const;

/** A use let go before (refused, superseded, cancelled) counts again once it is settled after all. */
function takeUse(
  c: EntryChange,
  move: ClaimMove,
  state: ClaimState,
  keys: KeyNames,
): ChangeOperation {
  return {
    kind: "useTake",
    key: claimKey(move, keys),
    measured: move.use !== undefined,
    ttl: KEPT[move.kind],
    entry: encodeUse({
      state,
      at: c.after.at,
      swipe: c.swipe,
      person: c.person.slice(0, 8),
      pharmacy: c.pharmacy,
      drug: move.use?.drug ?? "",
      quantity: move.use?.quantity ?? (move.kind === "split" ? unitsTaken(c, move) : 0),
    }),
  };
}

/** What a sale took of a split pack: its lines' quantities, shared evenly among each line's codes. */
function unitsTaken(c: EntryChange, { id }: ClaimMove): TenThousandths {
  const splits = c.claims.filter((claim) => claim.kind === "split");
  return c.after.lines.reduce((units, line) => {
    const ofLine = splits.filter((claim) => claim.line === line.tag);
    const isOfLine = ofLine.some((claim) => claim.id === id);
    return units + (isOfLine ? Math.floor(line.quantity / ofLine.length) : 0);
  }, 0);
}
