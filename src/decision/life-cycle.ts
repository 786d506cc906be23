import type {
  ClaimMove,
  LedgerEntry,
  LedgerLine,
  LocatedClaim,
  ReturnsSheet,
} from "../counters/contract.ts";
import { REVERSALS_KEPT } from "../counters/limits.ts";
import type { SwipeStateName } from "../swipe/vocabulary.ts";
import type { Bytes, EpochMs, TenThousandths } from "../units.ts";
import { stateAt } from "./entry-state.ts";

/** What can happen to a sale after its check. */
export type Step =
  | {
      readonly kind: "settle";
      /** 4 bytes of the settlement's digest. */
      readonly settlement: Bytes;
      /** Absent: all lines as checked. */
      readonly lines?: readonly LineQuantity[];
      readonly unchecked?: boolean;
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
  | { readonly kind: "restore"; readonly reversal: string };

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

export type RefusedWhy = "state" | "more_than_left" | "no_such_line";

export interface Transition {
  readonly after: LedgerEntry;
  readonly returns: ReturnsSheet | undefined;
  readonly claims: readonly ClaimMove[];
  /** A part came back without its codes. */
  readonly codesKept: boolean;
  /** Settled although refused, or settled again after a return: findings. */
  readonly finding?: "settledAgainst" | "resettled";
}

export interface Standing {
  readonly entry: LedgerEntry;
  readonly returns: ReturnsSheet | undefined;
  readonly claims: readonly LocatedClaim[];
  readonly at: EpochMs;
}

const UNSETTLED: Bytes = "\0\0\0\0";

/**
 * The life cycle of a swipe (contract section 2) as one table: state and step to what happens.
 * Counts stand at the check's `at`: a step changes the state, never the time.
 *
 * | step | reserved | presumed | lapsed | attempted | superseded | settled | returned |
 * |---|---|---|---|---|---|---|---|
 * | settle | settled | settled | settled, late | settled, against | settled | same id: same | same id: same; else settled again |
 * | reverse | let go | returned | let go | nothing | refused | returned | same; part: what is left |
 * | release | let go | let go | let go | same | same | same | same |
 * | restore | same | same | same | same | same | same | stands again |
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
  }
}

function settle(standing: Standing, step: Extract<Step, { kind: "settle" }>): Moved {
  const { entry, at } = standing;
  const state = stateAt(entry, at);
  if (entry.settlement === step.settlement) return { same: true };
  if (state === "settled") return { refused: state, why: "state" };
  const again = state === "returned";
  const dispensed = dispensedLines(again ? original(standing) : entry.lines, step.lines);
  if ("refused" in dispensed) return { refused: state, why: dispensed.refused };
  const against = state === "attempted";
  const after: LedgerEntry = {
    ...entry,
    state: "settled",
    settlement: step.settlement,
    late: entry.late || state === "lapsed",
    against: entry.against || against,
    unchecked: step.unchecked ?? entry.unchecked,
    partlyReturned: false,
    lines: dispensed.lines,
  };
  const finding = against ? "settledAgainst" : again ? "resettled" : undefined;
  return {
    to: {
      after,
      returns: standing.returns,
      claims: claimsByLine(standing.claims, after.lines),
      codesKept: false,
      ...(finding ? { finding } : {}),
    },
  };
}

function original({ entry, returns }: Standing): readonly LedgerLine[] {
  return returns?.original ?? entry.lines;
}

function dispensedLines(
  lines: readonly LedgerLine[],
  named: readonly LineQuantity[] | undefined,
): { readonly lines: readonly LedgerLine[] } | { readonly refused: RefusedWhy } {
  if (named === undefined) return { lines };
  const wanted = new Map(named.map((line) => [line.tag, line.quantity]));
  for (const { tag, quantity } of named) {
    const line = lines.find((of) => of.tag === tag);
    if (line === undefined) return { refused: "no_such_line" };
    if (quantity > line.quantity) return { refused: "more_than_left" };
  }
  return { lines: lines.map((line) => scaled(line, wanted.get(line.tag) ?? 0)) };
}

/** A line with another quantity: days and money go with it, in proportion to what was there at first. */
function scaled(line: LedgerLine, quantity: TenThousandths): LedgerLine {
  if (quantity === line.quantity) return line;
  const share = line.quantity === 0 ? 0 : quantity / line.quantity;
  return {
    ...line,
    quantity,
    days: line.days === undefined ? undefined : Math.round(line.days * share * 10) / 10,
    fen: Math.round(line.fen * share),
  };
}

/** What is dispensed is sold; lines of which nothing was dispensed let their codes go. */
function claimsByLine(claims: readonly LocatedClaim[], lines: readonly LedgerLine[]): ClaimMove[] {
  const left = new Map(lines.map((line) => [line.tag, line]));
  return claims.map((claim): ClaimMove => {
    if (claim.kind === "token") return { ...claim, to: "sold" };
    const line = left.get(claim.line);
    const to = line === undefined || line.quantity > 0 ? "sold" : "released";
    return { ...claim, to, ...prescribedUse(claim, claims, lines) };
  });
}

/** A prescription's use of a drug is the sum over its lines of that drug. */
function prescribedUse(
  claim: LocatedClaim,
  claims: readonly LocatedClaim[],
  lines: readonly LedgerLine[],
): Pick<ClaimMove, "use"> {
  const drug = lines.find((line) => line.tag === claim.line)?.drug;
  if (claim.kind !== "prescription" || drug === undefined) return {};
  const tags = claims.filter((of) => of.kind === "prescription" && of.id === claim.id);
  const quantity = lines
    .filter((line) => line.drug === drug && tags.some((of) => of.line === line.tag))
    .reduce((sum, line) => sum + line.quantity, 0);
  return { use: { drug, quantity } };
}

function moveAll(claims: readonly LocatedClaim[], to: ClaimMove["to"]): ClaimMove[] {
  return claims.map((claim) => ({ ...claim, to }));
}

function reverseAll(standing: Standing, reversal: string | undefined): Moved {
  const { entry, claims, returns, at } = standing;
  const state = stateAt(entry, at);
  if (reversal !== undefined && returns?.reversals.includes(reversal)) return { same: true };
  if (state === "attempted") return { same: true, nothingToReverse: true };
  if (state === "superseded") return { refused: state, why: "state" };
  if (entry.state === "returned") {
    return reversal === undefined || returns === undefined
      ? { same: true }
      : { refused: "returned", why: "more_than_left" };
  }
  // What was never dispensed is not "returned": its codes are simply free again.
  const dispensed = state === "settled" || state === "returned" || state === "presumed";
  return {
    to: {
      after: { ...entry, state: "returned" },
      returns: reversal === undefined ? returns : remembered(standing, reversal),
      claims: moveAll(claims, dispensed ? "returned" : "released"),
      codesKept: false,
    },
  };
}

function remembered({ entry, returns }: Standing, reversal: string): ReturnsSheet {
  return {
    original: returns?.original ?? entry.lines,
    reversals: [...(returns?.reversals ?? []), reversal].slice(-REVERSALS_KEPT),
  };
}

function reversePart(standing: Standing, reversal: string, returned: readonly LineReturn[]): Moved {
  const { entry, returns, at } = standing;
  const state = stateAt(entry, at);
  if (returns?.reversals.includes(reversal)) return { same: true };
  if (state === "attempted") return { same: true, nothingToReverse: true };
  if (state === "superseded") return { refused: state, why: "state" };
  if (entry.state === "returned") return { refused: "returned", why: "more_than_left" };
  const back = new Map(returned.map((line) => [line.tag, line]));
  for (const { tag, quantity } of returned) {
    const line = entry.lines.find((of) => of.tag === tag);
    if (line === undefined) return { refused: state, why: "no_such_line" };
    if (quantity > line.quantity) return { refused: state, why: "more_than_left" };
  }
  const lines = entry.lines.map((line) =>
    leftOf(standing, line, back.get(line.tag)?.quantity ?? 0),
  );
  const nothingLeft = lines.every((line) => line.quantity === 0);
  const claims = partClaims(standing, lines, back);
  return {
    to: {
      after: nothingLeft
        ? { ...entry, state: "returned", lines }
        : { ...entry, partlyReturned: true, lines },
      returns: remembered(standing, reversal),
      claims,
      codesKept: returned.some(
        (line) => line.codes === undefined && (left(lines, line.tag) ?? 0) > 0,
      ),
    },
  };
}

function left(lines: readonly LedgerLine[], tag: number): TenThousandths | undefined {
  return lines.find((line) => line.tag === tag)?.quantity;
}

/** Always cut from the first quantities, so that returns in many parts do not gather rounding errors. */
function leftOf({ returns }: Standing, line: LedgerLine, back: TenThousandths): LedgerLine {
  const first = returns?.original.find((of) => of.tag === line.tag) ?? line;
  return scaled(first, line.quantity - back);
}

/** Codes named come back; a line of which nothing is left gives all of its codes back. */
function partClaims(
  { claims, entry, at }: Standing,
  lines: readonly LedgerLine[],
  back: ReadonlyMap<number, LineReturn>,
): ClaimMove[] {
  const state = stateAt(entry, at);
  const to = state === "reserved" || state === "lapsed" ? "released" : "returned";
  return claims.flatMap((claim): ClaimMove[] => {
    const returned = back.get(claim.line);
    if (claim.kind === "token" || returned === undefined) return [];
    const gone = left(lines, claim.line) === 0;
    if (claim.kind === "prescription") {
      const { use } = prescribedUse(claim, claims, lines);
      const spent = use !== undefined && use.quantity > 0;
      return [{ ...claim, to: spent ? "sold" : to, ...(use ? { use } : {}) }];
    }
    return gone || returned.codes?.includes(claim.id) ? [{ ...claim, to }] : [];
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
  const settled = entry.settlement !== UNSETTLED;
  return {
    to: {
      after: { ...entry, state: settled ? "settled" : "reserved" },
      returns: { ...returns, reversals: returns.reversals.filter((id) => id !== reversal) },
      claims: claimsByLine(standing.claims, entry.lines),
      codesKept: false,
    },
  };
}
