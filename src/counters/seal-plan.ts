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
import { putBytes, putUint8, putUint48 } from "./put-bytes.ts";
import { SeenNames } from "./seen-names.ts";
import { addedColumns } from "./tally-layout.ts";

const stateBit = (state: (typeof ENTRY_STATES)[number]) => 1 << ENTRY_STATES.indexOf(state);
const UNSEALED = stateBit("unsealed");
const UNSETTLED = UNSEALED | stateBit("reserved") | stateBit("attempted");
const RESERVED = ENTRY_STATES.indexOf("reserved");
const ATTEMPTED = ENTRY_STATES.indexOf("attempted");
const SUPERSEDED = ENTRY_STATES.indexOf("superseded");
const PRESUMABLE = CLAIM_STATES.indexOf("presumable");

export function sealPlan(s: Sealing, keys: KeyNames): SealPlan {
  const o = s.observation;
  const operations: SealOperation[] = [];
  addClaims(operations, s, keys);
  addBindings(operations, s, keys);
  addOpenTallies(operations, s, keys);
  return {
    at: o.at,
    swipe: o.swipe,
    content: o.content,
    answerKey: keys.answer(o.person, o.swipe),
    answer: answerBytes(o, s.answer),
    ledgerKey: keys.ledger(o.person),
    marks: marksOf(s),
    operations,
  };
}

function marksOf(s: Sealing): Mark[] {
  const o = s.observation;
  const marks: Mark[] = [];
  if (o.reserve) {
    const sealed = { level: s.level, presume: s.presume && s.holds, nature: o.nature };
    marks.push({
      swipe: o.swipe,
      from: UNSEALED,
      to: s.holds ? RESERVED : ATTEMPTED,
      flags: ledgerFlags(sealed),
    });
  }
  for (const swipe of s.supersedes)
    marks.push({ swipe, from: UNSETTLED, to: SUPERSEDED, flags: undefined });
  return marks;
}

const SEALED = 1;

function answerBytes(o: Observation, answer: Bytes): Buffer {
  const bytes = Buffer.allocUnsafe(ANSWER_HEAD + answer.length);
  putBytes(bytes, 0, 16, o.content);
  putUint48(bytes, 16, o.at);
  putUint8(bytes, 22, SEALED);
  bytes.write(answer, ANSWER_HEAD, "latin1");
  return bytes;
}

/** A refused check lets go of what it took; a presumable sale keeps it without a settlement. */
function addClaims(operations: SealOperation[], s: Sealing, keys: KeyNames): void {
  if (!s.observation.reserve || (s.holds && !s.presume)) return;
  const state = s.holds ? PRESUMABLE : undefined;
  for (const claim of distinctClaims(claimsOf(s.observation)))
    operations.push(stateOperation(claim, state, keys));
}

/** A partner named twice in one swipe is seen once. An inquiry sees it without counting: its sale is yet to come. */
function addBindings(operations: SealOperation[], s: Sealing, keys: KeyNames): void {
  const o = s.observation;
  if (!s.bind) return;
  const seen = new SeenNames();
  for (const { kind, entity, partner, kept } of o.bindings) {
    const key = keys.binding(kind, entity);
    if (!seen.add(key + partner)) continue;
    const entry = encodeBinding({ partner, at: o.at, count: o.reserve ? 1 : 0 });
    operations.push({ kind: "bind", key, entry, ttl: kept });
  }
}

/** A sale that no till will confirm stands open in its tallies until it is presumed; a native one counts when settled. */
function addOpenTallies(operations: SealOperation[], s: Sealing, keys: KeyNames): void {
  const o = s.observation;
  if (!(o.reserve && s.presume && s.holds)) return;
  const sums = new Map<string, TallyColumns>();
  for (const { kind, entity, columns } of o.tallies) {
    const key = keys.tally(kind, entity);
    sums.set(key, addedColumns(sums.get(key), columns));
  }
  for (const [key, columns] of sums)
    operations.push({ kind: "tally", key, move: "open", at: o.at, columns });
}
