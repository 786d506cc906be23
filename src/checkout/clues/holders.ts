import type { ClaimState, SwipeKey } from "../../counters/contract.ts";
import { isClaimed, isSameSale } from "../../features/live.ts";
import type { Bytes, EpochMs } from "../../units.ts";
import type { BroughtCode } from "../findings.ts";

/** Rules of the catalogue whose hits are findings about trace codes (domain section 6). */
export const SOLD_ELSEWHERE = "TR-01";
export const SOLD_HERE = "TR-02";

/** Another sale that has, or had and gave back, a code that is brought now. */
export interface Holder {
  readonly rule: typeof SOLD_ELSEWHERE | typeof SOLD_HERE;
  readonly state: ClaimState;
  readonly at: EpochMs;
  readonly swipe: SwipeKey;
  /** First bytes of its person: six of a whole code, eight of a split one. */
  readonly person: Bytes;
  readonly pharmacy: string;
}

/** The sale that brings the code. */
export interface Bringer {
  readonly swipe: SwipeKey;
  /** As the memory gives pharmacies back. */
  readonly pharmacy: string;
  /** All ten bytes. */
  readonly person: Bytes;
  /** The check's time. */
  readonly at: EpochMs;
  /** When the code was brought: later than the check for an upload. */
  readonly now: EpochMs;
}

type Use = Omit<Holder, "rule">;

/**
 * Who stands on the other side of a code, by the table of architecture.md section 3: a sale of another pharmacy,
 * standing or returned there (rule TR-01); a standing one of this pharmacy, where one of the two is whole (TR-02).
 * Of split sales the first that stands is named. What lapsed, was let go, or is a step of this same sale is nobody's.
 */
export function holdersOf({ known, split }: BroughtCode, bringer: Bringer): readonly Holder[] {
  const holders: Holder[] = [];
  const note = (use: Use, clashes: boolean) => {
    const rule = ruleOf(use, clashes, bringer);
    if (rule === undefined) return;
    const { state, at, swipe, person, pharmacy } = use;
    holders.push({ rule, state, at, swipe, person, pharmacy });
  };
  for (const claim of known.claims) note(claim, true);
  const first = known.splits.find((use) => ruleOf(use, !split, bringer) !== undefined);
  if (first !== undefined) note(first, !split);
  return holders;
}

function ruleOf(use: Use, clashes: boolean, bringer: Bringer): Holder["rule"] | undefined {
  if (use.swipe === bringer.swipe || isSameSale(use, bringer)) return undefined;
  const isHere = use.pharmacy === bringer.pharmacy;
  if (use.state !== "returned" && !isClaimed(use, bringer.now)) return undefined;
  if (!isHere) return SOLD_ELSEWHERE;
  return clashes && use.state !== "returned" ? SOLD_HERE : undefined;
}
