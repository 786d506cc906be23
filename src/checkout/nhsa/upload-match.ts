import type {
  DrugKey,
  LedgerEntry,
  LedgerLine,
  LocatedClaim,
  TraceMemory,
} from "../../counters/contract.ts";
import { NO_SETTLEMENT } from "../../counters/contract.ts";
import { RESERVATION } from "../../counters/limits.ts";
import { stateAt } from "../../decision/entry-state.ts";
import { isCode } from "../../decision/held.ts";
import type { SwipeStateName } from "../../swipe/vocabulary.ts";
import type { Bytes, EpochMs, Fen, TenThousandths } from "../../units.ts";
import { LOOK_BACK } from "./persons-sales.ts";

/** What an upload says of the sale it is about. */
export interface Wanted {
  readonly way: "sold" | "returned";
  readonly drug: DrugKey;
  readonly codes: readonly Bytes[];
  readonly quantity: TenThousandths;
  /** Digest of the settlement it names. */
  readonly settlement?: Bytes;
  /** When it was sold. */
  readonly at?: EpochMs;
  readonly amount?: Fen;
}

/** A sale the upload may be about, with what it claimed. */
export interface Candidate {
  readonly entry: LedgerEntry;
  readonly claims: readonly LocatedClaim[];
}

export type Choice = { readonly entry: LedgerEntry } | "none" | "ambiguous";

/** One pack in ledger units. */
const PACK: TenThousandths = 10_000;

/** In which states a sale may be uploaded or come back, the likeliest first. */
const LIKELIHOOD: Readonly<Record<Wanted["way"], readonly (readonly SwipeStateName[])[]>> = {
  sold: [["reserved", "presumed"], ["settled", "returned"], ["lapsed"], ["attempted"]],
  returned: [["settled", "presumed", "returned"], ["reserved"]],
};

/** The sale of this person here that holds one of the codes; two sales that each hold some leave it open. */
export function holderOf(
  wanted: Wanted,
  ledger: readonly LedgerEntry[],
  memories: readonly TraceMemory[],
): LedgerEntry | undefined {
  const isHeld = ({ state }: { readonly state: string }) =>
    state !== "returned" || wanted.way === "returned";
  const swipes = new Set(
    memories.flatMap(({ claims, splits }) =>
      [...claims, ...splits].filter(isHeld).map(({ swipe }) => swipe),
    ),
  );
  const holders = ledger.filter(
    (entry) =>
      swipes.has(entry.swipe) &&
      entry.state !== "superseded" &&
      // A box of one sale under the number of another is that other sale's upload; a return's own number may be its refund's.
      (wanted.way === "returned" || (entry.state !== "returned" && !isOther(entry, wanted))),
  );
  return holders.length === 1 ? holders[0] : undefined;
}

/** A sale known by another settlement is not the one that is meant. */
function isOther({ settlement }: LedgerEntry, wanted: Wanted): boolean {
  return (
    wanted.settlement !== undefined &&
    settlement !== NO_SETTLEMENT &&
    settlement !== wanted.settlement
  );
}

/** Sales of the drug within the day that are not returned. */
export function possibleSales(
  wanted: Wanted,
  ledger: readonly LedgerEntry[],
  now: EpochMs,
): readonly LedgerEntry[] {
  const states = LIKELIHOOD[wanted.way].flat();
  return ledger.filter(
    (entry) =>
      entry.at > now - LOOK_BACK &&
      entry.state !== "returned" &&
      // The sum of a day is no sale of its own.
      entry.state !== "folded" &&
      states.includes(stateAt(entry, now)) &&
      linesOf(entry, wanted.drug).some(({ quantity }) => quantity > 0) &&
      !isOther(entry, wanted),
  );
}

/** The one sale an upload can be about, by what it has, what it lacks, and what is equal. */
export function chooseSale(wanted: Wanted, candidates: readonly Candidate[], now: EpochMs): Choice {
  const { codes, drug, quantity, at, amount } = wanted;
  const sharing = candidates.filter(({ claims }) => claims.some(({ id }) => codes.includes(id)));
  let left: readonly Candidate[] =
    sharing.length > 0 ? sharing : candidates.filter((of) => hasRoom(of, wanted));
  if (sharing.length === 0 && codes.length > 0) {
    left = narrowed(left, (of) => codesOf(of, drug) === 0);
  }
  left = likeliest(left, wanted.way, now);
  const some = (is: (line: LedgerLine) => boolean) => (of: Candidate) =>
    linesOf(of.entry, drug).some(is);
  if (at !== undefined && wanted.way === "sold") {
    left = narrowed(left, ({ entry }) => Math.abs(entry.at - at) < RESERVATION);
  }
  if (wanted.way === "returned")
    left = narrowed(
      left,
      some((line) => line.quantity >= quantity),
    );
  left = narrowed(
    left,
    some((line) => line.quantity === quantity),
  );
  if (amount !== undefined)
    left = narrowed(
      left,
      some((line) => line.fen === amount),
    );
  const [only, ...more] = left;
  if (only === undefined) return "none";
  return more.length === 0 ? { entry: only.entry } : "ambiguous";
}

/** Those of which it is true, where it is true of any. */
function narrowed(
  candidates: readonly Candidate[],
  is: (candidate: Candidate) => boolean,
): readonly Candidate[] {
  const kept = candidates.filter(is);
  return kept.length > 0 ? kept : candidates;
}

function likeliest(
  candidates: readonly Candidate[],
  way: Wanted["way"],
  now: EpochMs,
): readonly Candidate[] {
  for (const states of LIKELIHOOD[way]) {
    const kept = candidates.filter(({ entry }) => states.includes(stateAt(entry, now)));
    if (kept.length > 0) return kept;
  }
  return candidates;
}

/** A sale whose every pack has its code is not the one that still other codes are of: that one was never checked. */
function hasRoom(candidate: Candidate, { way, drug, codes }: Wanted): boolean {
  if (way === "returned" || codes.length === 0) return true;
  const packs = linesOf(candidate.entry, drug).reduce(
    (sum, { quantity }) => sum + Math.ceil(quantity / PACK),
    0,
  );
  return codesOf(candidate, drug) < packs;
}

function codesOf({ entry, claims }: Candidate, drug: DrugKey): number {
  const tags = linesOf(entry, drug).map(({ tag }) => tag);
  return claims.filter((claim) => isCode(claim) && tags.includes(claim.line)).length;
}

function linesOf({ lines }: LedgerEntry, drug: DrugKey): readonly LedgerLine[] {
  return lines.filter((line) => line.drug === drug);
}
