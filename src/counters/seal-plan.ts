import type { Bytes } from "../units.ts";
import { distinctClaims, stateOperation } from "./claim-operations.ts";
import {
  CLAIM_STATES,
  ENTRY_STATES,
  type Observation,
  type Sealing,
  type TallyColumns,
} from "./contract.ts";
import { encodeBinding } from "./entry-layouts.ts";
import type { KeyNames } from "./keys.ts";
import { ledgerFlags } from "./ledger-layout.ts";
import { claimsOf } from "./observe-plan.ts";
import { ANSWER_HEAD, type Mark, type SealOperation, type SealPlan } from "./operations.ts";
import { addedColumns } from "./tally-layout.ts";

const stateBit = (state: (typeof ENTRY_STATES)[number]) => 1 << ENTRY_STATES.indexOf(state);
const UNSETTLED = stateBit("unsealed") | stateBit("reserved") | stateBit("attempted");

export function sealPlan(s: Sealing, keys: KeyNames): SealPlan {
  const o = s.observation;
  const own: Mark[] = o.reserve
    ? [
        {
          swipe: o.swipe,
          from: stateBit("unsealed"),
          to: ENTRY_STATES.indexOf(s.holds ? "reserved" : "attempted"),
          flags: ledgerFlags({
            level: s.level,
            presume: s.presume && s.holds,
            nature: o.nature,
          }),
        },
      ]
    : [];
  const others = s.supersedes.map(
    (swipe): Mark => ({
      swipe,
      from: UNSETTLED,
      to: ENTRY_STATES.indexOf("superseded"),
      flags: undefined,
    }),
  );
  return {
    at: o.at,
    swipe: o.swipe,
    content: o.content,
    answerKey: keys.answer(o.person, o.swipe),
    answer: answerBytes(o, s.answer),
    ledgerKey: keys.ledger(o.person),
    marks: [...own, ...others],
    operations: [...sealClaims(s, keys), ...bindings(s, keys), ...openTallies(s, keys)],
  };
}

function answerBytes(o: Observation, answer: Bytes): Buffer {
  const bytes = Buffer.allocUnsafe(ANSWER_HEAD + answer.length);
  bytes.write(o.content, 0, 16, "latin1");
  bytes.writeUIntBE(o.at, 16, 6);
  bytes.writeUInt8(1, 22);
  bytes.write(answer, ANSWER_HEAD, "latin1");
  return bytes;
}

/** A refused check lets go of what it took; a presumable sale keeps it without a settlement. */
function sealClaims(s: Sealing, keys: KeyNames): SealOperation[] {
  if (!s.observation.reserve || (s.holds && !s.presume)) return [];
  const state = s.holds ? CLAIM_STATES.indexOf("presumable") : undefined;
  return distinctClaims(claimsOf(s.observation)).map((claim) => stateOperation(claim, state, keys));
}

/** A partner named twice in one swipe is seen once. An inquiry sees it without counting: its sale is yet to come. */
function bindings(s: Sealing, keys: KeyNames): SealOperation[] {
  const o = s.observation;
  if (!s.bind) return [];
  const binds = new Map<string, SealOperation>();
  for (const { kind, entity, partner, kept } of o.bindings) {
    const key = keys.binding(kind, entity);
    const entry = encodeBinding({ partner, at: o.at, count: o.reserve ? 1 : 0 });
    binds.set(key + partner, { kind: "bind", key, entry, ttl: kept });
  }
  return [...binds.values()];
}

/** A sale that no till will confirm stands open in its tallies until it is presumed; a native one counts when settled. */
function openTallies(s: Sealing, keys: KeyNames): SealOperation[] {
  const o = s.observation;
  if (!(o.reserve && s.presume && s.holds)) return [];
  const sums = new Map<string, TallyColumns>();
  for (const { kind, entity, columns } of o.tallies) {
    const key = keys.tally(kind, entity);
    sums.set(key, addedColumns(sums.get(key), columns));
  }
  return [...sums].map(([key, columns]) => ({
    kind: "tally",
    key,
    move: "open",
    at: o.at,
    columns,
  }));
}
