import {
  type ClaimMove,
  type LedgerEntry,
  type LedgerLine,
  type LocatedClaim,
  NO_SETTLEMENT,
  type ReturnsSheet,
} from "../counters/contract.ts";
import { REVERSALS_KEPT } from "../counters/limits.ts";
import type { SwipeStateName } from "../swipe/vocabulary.ts";
import type { Bytes, EpochMs, TenThousandths } from "../units.ts";
import { cameBackSoon, fundShare, standsAgain } from "./came-back.ts";
import { stateAt } from "./entry-state.ts";
import {
  claimsByLine,
  heldAs,
  isBack,
  isCode,
  leftOfUse,
  quantityOf,
  scaled,
  stillOut,
} from "./held.ts";
import { type Supply, supply } from "./late-codes.ts";
import { settle } from "./settling.ts";

/** What can happen to a sale after its check. */
export type Step =
  | {
      readonly kind: "settle";
      /** 4 bytes of the settlement's digest; NO_SETTLEMENT where an upload does not say its number. */
      readonly settlement: Bytes;
      /** Absent: all lines as checked. */
      readonly lines?: readonly LineQuantity[] | undefined;
      readonly unchecked?: boolean | undefined;
      /** It waited for the store: what came back meanwhile came back of this sale. */
      readonly waited?: true | undefined;
    }
  | {
      readonly kind: "reverse";
      /** Digest of the reversal's id; always there when lines are named. */
      readonly reversal?: string;
      readonly lines?: readonly LineReturn[];
    }
  /** NHSA refused the settlement: what was reserved is let go. */
  | { readonly kind: "release" }
  /** A cancellation is taken back: the sale stands again. */
  | { readonly kind: "restore"; readonly reversal: string }
  | Supply;

export interface LineQuantity {
  readonly tag: number;
  readonly quantity: TenThousandths;
}

export interface LineReturn extends LineQuantity {
  /** 10 bytes of each code that came back; undefined frees none. */
  readonly codes?: readonly Bytes[];
}

export type Moved =
  | { readonly to: Transition }
  /** Already so, or nothing to do: a repeat. */
  | { readonly same: true; readonly nothingToReverse?: boolean }
  | { readonly refused: SwipeStateName; readonly why: RefusedWhy };

export type RefusedWhy = "state" | "more_than_left" | "no_such_line" | "more_codes_than_packs";

export interface Transition {
  readonly after: LedgerEntry;
  readonly returns: ReturnsSheet | undefined;
  readonly claims: readonly ClaimMove[];
  /** A part came back without its codes. */
  readonly codesKept: boolean;
  /** Codes the check did not have, for returns to find with the swipe. */
  readonly lateClaims?: readonly LocatedClaim[];
  /** Settled although refused, or settled again after a return: findings. */
  readonly finding?: "settledAgainst" | "resettled" | undefined;
}

export interface Standing {
  readonly entry: LedgerEntry;
  readonly returns: ReturnsSheet | undefined;
  readonly claims: readonly LocatedClaim[];
  readonly at: EpochMs;
}

/** One pack in ledger units. */
const PACK: TenThousandths = 10_000;

/**
 * The life cycle of a swipe (contract section 2) as one table: state and step to what happens.
 * Counts stand at the check's `at`: a step changes the state, never the time.
 *
 * | step | reserved | presumed | lapsed | attempted | superseded | settled | returned |
 * |---|---|---|---|---|---|---|---|
 * | settle | settled | settled | settled, late | settled, against | settled | same id: same; else refused | same id: same; else settled again |
 * | reverse | let go | returned | let go | nothing | refused | returned | whole: same; part: what is left |
 * | release | let go | let go | let go | same | same | same | same |
 * | restore | same | same | same | same | same | same | stands again |
 *
 * `supply` brings codes later, whatever the state: see late-codes.ts.
 */
export function move(standing: Standing, step: Step): Moved {
  switch (step.kind) {
    case "settle":
      return settle(standing, step);
    case "reverse":
      return step.lines === undefined
        ? reverseAll(standing, step.reversal)
        : reversePart(standing, step.reversal ?? "", step.lines);
    case "release":
      return release(standing);
    case "restore":
      return restore(standing, step.reversal);
    case "supply":
      return supply(standing, step);
  }
}

function moveAll(claims: readonly LocatedClaim[], to: ClaimMove["to"]): ClaimMove[] {
  return claims.map((claim) => ({ ...claim, to }));
}

function reverseAll(standing: Standing, reversal: string | undefined): Moved {
  const { entry, claims, returns, at } = standing;
  const state = stateAt(entry, at);
  if (reversal !== undefined && knowsReversal(returns, reversal)) return { same: true };
  if (state === "attempted") return { same: true, nothingToReverse: true };
  if (state === "superseded") return { refused: state, why: "state" };
  // All that is left is nothing: a cancellation tried again under a new id is no error.
  if (entry.state === "returned") return { same: true };
  // What was never dispensed is not "returned": its codes are simply free again.
  const dispensed = state === "settled" || state === "returned" || state === "presumed";
  return {
    to: {
      after: {
        ...entry,
        ...cameBackSoon(standing, reversal === undefined ? {} : { reversal }),
        state: "returned",
      },
      returns: reversal === undefined ? returns : remembered(standing, reversal),
      claims: moveAll(claims, dispensed ? "returned" : "released"),
      codesKept: false,
    },
  };
}

/** A reversal taken back is remembered as such: its late duplicate must not return the sale again. */
function takenBack(reversal: string): string {
  return `~${reversal}`;
}

/** Applied before, and perhaps taken back since. */
export function knowsReversal(returns: ReturnsSheet | undefined, reversal: string): boolean {
  const known = returns?.reversals ?? [];
  return known.includes(reversal) || known.includes(takenBack(reversal));
}

function remembered(
  { entry, returns }: Standing,
  reversal: string,
  codes: readonly Bytes[] = [],
): ReturnsSheet {
  return {
    original: returns?.original ?? entry.lines,
    fund: returns?.fund ?? entry.fund,
    reversals: [...(returns?.reversals ?? []), reversal].slice(-REVERSALS_KEPT),
    codes: [...new Set([...(returns?.codes ?? []), ...codes])],
  };
}

function reversePart(standing: Standing, reversal: string, returned: readonly LineReturn[]): Moved {
  const { entry, returns, at } = standing;
  const state = stateAt(entry, at);
  if (knowsReversal(returns, reversal)) return { same: true };
  if (state === "attempted") return { same: true, nothingToReverse: true };
  if (state === "superseded") return { refused: state, why: "state" };
  if (entry.state === "returned") return { refused: "returned", why: "more_than_left" };
  const why = refusedPart(standing, returned);
  if (why !== undefined) return { refused: state, why };
  const back = new Map(returned.map((line) => [line.tag, line]));
  const lines = entry.lines.map((line) =>
    leftOf(standing, line, back.get(line.tag)?.quantity ?? 0),
  );
  const nothingLeft = lines.every((line) => line.quantity === 0);
  const fund = fundShare(returns?.fund ?? entry.fund, lines, returns?.original ?? entry.lines);
  const left: LedgerEntry = { ...entry, ...cameBackSoon(standing, { lines }), lines, fund };
  const claims = partClaims(standing, lines, back);
  const codes = claims.filter((claim) => isCode(claim) && isBack(claim)).map(({ id }) => id);
  return {
    to: {
      after: nothingLeft ? { ...left, state: "returned" } : { ...left, partlyReturned: true },
      returns: remembered(standing, reversal, codes),
      claims,
      codesKept: returned.some((line) => keepsCodes(standing, line, lines)),
    },
  };
}

function refusedPart(standing: Standing, returned: readonly LineReturn[]): RefusedWhy | undefined {
  for (const { tag, quantity, codes } of returned) {
    const line = standing.entry.lines.find((of) => of.tag === tag);
    if (line === undefined) return "no_such_line";
    if (quantity > line.quantity) return "more_than_left";
    const boxes = stillOut(standing).filter(
      (claim) => claim.kind === "trace" && claim.line === tag && codes?.includes(claim.id),
    );
    // One code a box: with more of them than packs a box still out could be sold again.
    if (boxes.length > Math.ceil(quantity / PACK)) return "more_codes_than_packs";
  }
  return undefined;
}

/** A part of a line came back, and no code of that line with it. */
function keepsCodes(standing: Standing, back: LineReturn, lines: readonly LedgerLine[]): boolean {
  if (quantityOf(lines, back.tag) === 0) return false;
  const own = stillOut(standing).filter((claim) => isCode(claim) && claim.line === back.tag);
  return own.length > 0 && !own.some((claim) => back.codes?.includes(claim.id));
}

/** Always cut from the first quantities, so that returns in many parts do not gather rounding errors. */
function leftOf({ returns }: Standing, line: LedgerLine, back: TenThousandths): LedgerLine {
  const first = returns?.original.find((of) => of.tag === line.tag) ?? line;
  return scaled(first, line.quantity - back);
}

/**
 * Codes named come back; a line of which nothing is left gives all of its codes back. Of a split pack only tablets come
 * back: the sale keeps its use of the pack with what is left.
 */
function partClaims(
  standing: Standing,
  lines: readonly LedgerLine[],
  back: ReadonlyMap<number, LineReturn>,
): ClaimMove[] {
  const { claims, entry, at } = standing;
  const state = stateAt(entry, at);
  const to = state === "reserved" || state === "lapsed" ? "released" : "returned";
  const touched = claims.filter(({ kind, line, id }) => {
    if (kind === "token" || !back.has(line)) return false;
    const isGone = quantityOf(lines, line) === 0;
    return kind === "prescription" || isGone || back.get(line)?.codes?.includes(id);
  });
  return touched.map((claim): ClaimMove => {
    const use = leftOfUse(claim, claims, lines);
    const stays = (use?.quantity ?? 0) > 0;
    return { ...claim, to: stays ? heldAs(entry) : to, ...(use ? { use } : {}) };
  });
}

function release({ entry, claims, returns, at }: Standing): Moved {
  const state = stateAt(entry, at);
  if (state !== "reserved" && state !== "presumed" && state !== "lapsed") return { same: true };
  return {
    to: {
      after: { ...entry, state: "attempted", presume: false },
      returns,
      claims: moveAll(claims, "released"),
      codesKept: false,
    },
  };
}

function restore(standing: Standing, reversal: string): Moved {
  const { entry, returns } = standing;
  if (entry.state !== "returned" || !returns?.reversals.includes(reversal)) return { same: true };
  const settled = entry.settlement !== NO_SETTLEMENT;
  return {
    to: {
      after: { ...standsAgain(entry), state: settled ? "settled" : "reserved" },
      returns: {
        ...returns,
        reversals: returns.reversals.map((id) => (id === reversal ? takenBack(id) : id)),
      },
      claims: claimsByLine(stillOut(standing), entry.lines, heldAs(entry)),
      codesKept: false,
    },
  };
}
