import { distinctClaims, stateOperation } from "./claim-operations.ts";
import { CLAIM_STATES, type ClaimMove, type EntryChange } from "./contract.ts";
import { encodeClaim } from "./entry-layouts.ts";
import { type KeyNames, traceField } from "./keys.ts";
import { encodeEntry } from "./ledger-layout.ts";
import * as limits from "./limits.ts";
import type { ChangeOperation, ChangePlan } from "./operations.ts";
import { encodeReturns } from "./returns-layout.ts";

export function changePlan(c: EntryChange, keys: KeyNames): ChangePlan {
  const put: ChangeOperation[] =
    c.returns === undefined
      ? []
      : [
          {
            kind: "put",
            key: keys.returns(c.person, c.swipe),
            value: encodeReturns(c.returns),
            ttl: limits.LEDGER_KEPT,
          },
        ];
  return {
    swipe: c.swipe,
    ledgerKey: keys.ledger(c.person),
    before: encodeEntry(c.before),
    after: encodeEntry(c.after),
    operations: [...put, ...distinctClaims(c.claims).map((move) => moveOperation(c, move, keys))],
  };
}

function moveOperation(c: EntryChange, move: ClaimMove, keys: KeyNames): ChangeOperation {
  if (move.kind === "trace" && move.to === "sold") {
    return {
      kind: "traceTake",
      key: keys.traceBucket(move.id),
      field: traceField(move.id),
      entry: encodeClaim({
        state: "sold",
        at: c.after.at,
        swipe: c.swipe,
        person: c.person.slice(0, 6),
        pharmacy: c.pharmacy,
      }),
    };
  }
  const state = move.to === "released" ? undefined : CLAIM_STATES.indexOf(move.to);
  return stateOperation(move, state, keys);
}
