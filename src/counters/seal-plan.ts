import type { Bytes } from "../units.ts";
import { distinctClaims, stateOperation } from "./claim-operations.ts";
import { CLAIM_STATES, ENTRY_STATES, type Observation, type Sealing } from "./contract.ts";
import { encodeBinding } from "./entry-layouts.ts";
import type { KeyNames } from "./keys.ts";
import { ledgerFlags } from "./ledger-layout.ts";
import * as limits from "./limits.ts";
import { claimsOf } from "./observe-plan.ts";
import { ANSWER_HEAD, type Mark, type SealOperation, type SealPlan } from "./operations.ts";

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
          flags: ledgerFlags({ level: s.level, presume: s.presume && s.holds }),
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
    operations: [...sealClaims(s, keys), ...bindings(s, keys)],
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

function bindings(s: Sealing, keys: KeyNames): SealOperation[] {
  const o = s.observation;
  if (!s.bindCard || o.card === undefined) return [];
  const bind = (key: string, partner: Bytes, ttl: number): SealOperation => ({
    kind: "bind",
    key,
    entry: encodeBinding(partner.slice(0, 8), o.at),
    ttl,
  });
  return [
    bind(keys.card(o.card), o.person, limits.CARD_KEPT),
    bind(keys.personCards(o.person), o.card, limits.PERSON_CARDS_KEPT),
  ];
}
