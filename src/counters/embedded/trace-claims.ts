import type { Bytes, EpochMs } from "../../units.ts";
import { CLAIM_STATES, type ClaimState } from "../contract.ts";
import { CLAIM_WIDTH, USE_WIDTH } from "../entry-layouts.ts";
import { sameBytes } from "../ledger-layout.ts";
import * as limits from "../limits.ts";
import type { ObserveOperation, ObservePlan } from "../operations.ts";
import type { ByteShelf } from "./byte-shelf.ts";
import { splitEntries } from "./packed-entries.ts";

type TraceOperation = Extract<ObserveOperation, { kind: "trace" }>;

const OWNER = 7;
const PERSON = 15;
const CLAIM_PHARMACY = 21;
const USE_PHARMACY = 23;

/** Reads who holds a code and its split sales; takes the code when nobody else does. */
export function writeTrace(
  shelf: ByteShelf,
  plan: ObservePlan,
  operation: TraceOperation,
): (Buffer | null)[] {
  const key = operation.key + operation.field;
  const held = shelf.get(key, plan.at) ?? null;
  const splits = shelf.get(operation.splitKey, plan.at) ?? null;
  if (operation.write) {
    const beneath = freeOf(held, splits, plan, operation.entry);
    if (beneath !== undefined) {
      const expiresAt = plan.at + limits.TRACE_KEPT;
      shelf.set(key, Buffer.concat([...beneath, operation.entry]), expiresAt);
    }
  }
  return [held, splits];
}

/** What stays beneath a new claim, or undefined when somebody holds the code. */
function freeOf(
  held: Buffer | null,
  splits: Buffer | null,
  plan: ObservePlan,
  own: Buffer,
): Buffer[] | undefined {
  const pharmacy = own.toString("latin1", CLAIM_PHARMACY, CLAIM_PHARMACY + 6);
  const claims = splitEntries(held ?? Buffer.alloc(0), CLAIM_WIDTH);
  if (claims.some((claim) => sameBytes(claim, OWNER, plan.swipe))) return undefined;
  const standing = claims.filter((claim) => isKept(claim, plan.at));
  if (standing.some((claim) => isHeld(claim, plan, pharmacy))) return undefined;
  const sales = splitEntries(splits ?? Buffer.alloc(0), USE_WIDTH);
  if (sales.some((use) => isKept(use, plan.at) && isSplitHeld(use, plan, pharmacy)))
    return undefined;
  return standing.filter((claim) => stateOf(claim) === "returned").slice(-1);
}

function isHeld(claim: Buffer, plan: ObservePlan, pharmacy: Bytes): boolean {
  const here = sameBytes(claim, CLAIM_PHARMACY, pharmacy);
  if (stateOf(claim) === "returned") return !here;
  return blocks(claim, plan, here && sameBytes(claim, PERSON, plan.person.slice(0, 6)));
}

function isSplitHeld(use: Buffer, plan: ObservePlan, pharmacy: Bytes): boolean {
  if (stateOf(use) === "returned") return false;
  const here = sameBytes(use, USE_PHARMACY, pharmacy);
  return blocks(use, plan, here && sameBytes(use, PERSON, plan.person.slice(0, 8)));
}

function stateOf(entry: Buffer): ClaimState {
  return CLAIM_STATES[entry.readUInt8(0)] ?? "sold";
}

function isKept(entry: Buffer, at: EpochMs): boolean {
  return limits.isKept(entry.readUIntBE(1, 6), limits.TRACE_KEPT, at);
}

/** An earlier step of the same sale gives its claim up; a lapsed reservation holds nothing. */
function blocks(entry: Buffer, plan: ObservePlan, sameBuyerHere: boolean): boolean {
  const state = stateOf(entry);
  if (state === "sold") return true;
  const at: EpochMs = entry.readUIntBE(1, 6);
  if (sameBuyerHere && Math.abs(plan.at - at) < limits.RESERVATION) return false;
  return state === "presumable" || at + limits.RESERVATION > plan.at;
}
