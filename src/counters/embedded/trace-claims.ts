import type { EpochMs } from "../../units.ts";
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
  let beneath: Buffer[] = [];
  for (const claim of splitEntries(held ?? Buffer.alloc(0), CLAIM_WIDTH)) {
    if (sameBytes(claim, OWNER, plan.swipe)) return undefined;
    const here = sameBytes(claim, CLAIM_PHARMACY, pharmacy);
    if (stateOf(claim) === "returned") {
      if (!here) return undefined;
      beneath = [claim];
    } else if (blocks(claim, plan, here && sameBytes(claim, PERSON, plan.person.slice(0, 6)))) {
      return undefined;
    }
  }
  for (const use of splitEntries(splits ?? Buffer.alloc(0), USE_WIDTH)) {
    const here = sameBytes(use, USE_PHARMACY, pharmacy);
    const sameBuyer = here && sameBytes(use, PERSON, plan.person.slice(0, 8));
    if (stateOf(use) !== "returned" && blocks(use, plan, sameBuyer)) return undefined;
  }
  return beneath;
}

function stateOf(entry: Buffer): ClaimState {
  return CLAIM_STATES[entry.readUInt8(0)] ?? "sold";
}

/** An earlier step of the same sale gives its claim up; a lapsed reservation holds nothing. */
function blocks(entry: Buffer, plan: ObservePlan, sameBuyerHere: boolean): boolean {
  const state = stateOf(entry);
  if (state === "sold") return true;
  const at: EpochMs = entry.readUIntBE(1, 6);
  if (sameBuyerHere && Math.abs(plan.at - at) < limits.RESERVATION) return false;
  return state === "presumable" || at + limits.RESERVATION > plan.at;
}
