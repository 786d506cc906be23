import type { Claim, ClaimUse, Memory, TraceMemory } from "../counters/contract.ts";
import type { PseudonymisedLine, PseudonymisedTraceCode } from "../swipe/pseudonymised-swipe.ts";
import { isClaimed, isSameSale } from "./live.ts";
import { ONE } from "./quantities.ts";
import type { ReadContext } from "./read-context.ts";

/** A split pack of unknown size may have this many sales, the one judged among them (domain 2.2, the decision table). */
const SALES_OF_UNKNOWN_PACK = 10;

/** What the memory says of one line's trace codes: the table of architecture.md, section 3. */
export interface LineTrace {
  /** Sold in another pharmacy. */
  readonly soldElsewhere: boolean;
  /** Reserved or presumed in another pharmacy, or returned by one. */
  readonly heldElsewhere: boolean;
  /** Reserved or sold here by another sale, whole, or split before and whole now, or the reverse. */
  readonly soldHere: boolean;
  /** Split here beyond the pack. */
  readonly overSplit: boolean;
  /** Returned here before: sold again, which is allowed once it came back. */
  readonly resold: boolean;
  /** A code of the line could not be read: what is false here may be true of it. */
  readonly unread: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Written out: to copy a frozen one is several times dearer. */
function clean(): Mutable<LineTrace> {
  return {
    soldElsewhere: false,
    heldElsewhere: false,
    soldHere: false,
    overSplit: false,
    resold: false,
    unread: false,
  };
}

const CLEAN: LineTrace = Object.freeze(clean());

/**
 * A line's codes, each once, with the line's units shared evenly among them. A goods barcode is none: the next box
 * has the same one, and its sale would be taken for a second sale of this.
 * Both the observation and the reader walk codes in this order.
 */
export function codesOf(line: PseudonymisedLine): readonly string[] {
  const codes = line.traceCodes;
  if (codes.length === 0) return NO_CODES;
  const [only] = codes;
  if (codes.length === 1 && only !== undefined) return tellsBoxesApart(only) ? [only.id] : NO_CODES;
  return [...new Set(codes.filter(tellsBoxesApart).map(({ id }) => id))];
}

export function tellsBoxesApart({ shape }: PseudonymisedTraceCode): boolean {
  return shape !== "goods";
}

const NO_CODES: readonly string[] = Object.freeze([]);

/** Units one code of a split line is charged with; 0 for a whole pack. */
export function unitsEach(line: PseudonymisedLine, quantity: number, codes: number): number {
  return line.splitPack && codes > 0 ? Math.floor(quantity / codes) : 0;
}

export function readTraceCodes(context: ReadContext, memory: Memory): readonly LineTrace[] {
  let next = 0;
  return context.swipe.lines.map((line, index) => {
    const codes = codesOf(line);
    if (codes.length === 0) return CLEAN;
    const trace = clean();
    for (const _code of codes) {
      const known = memory.traceCodes[next++];
      if (known === undefined) trace.unread = true;
      else judgeCode(known, index, context, trace);
    }
    return trace;
  });
}

function judgeCode(
  known: TraceMemory,
  index: number,
  context: ReadContext,
  into: Mutable<LineTrace>,
): void {
  const { line, packs } = context.line(index);
  // A pack sold whole cannot be sold again, whole or split; a split one only whole is a clash.
  for (const claim of known.claims) judgeClaim(claim, true, context, into);
  let taken = 0;
  let sales = 0;
  for (const use of known.splits) {
    if (!judgeClaim(use, !line.splitPack, context, into)) continue;
    taken += use.quantity;
    sales += 1;
  }
  if (!line.splitPack) return;
  const own = context.observation.lines[index]?.quantity ?? 0;
  sales += 1;
  // Tablets were rounded to 1/10,000 pack at each sale: fourteen tablets sold two by two are not more than a pack.
  const rounding = sales / 2;
  const total = taken + unitsEach(line, own, codesOf(line).length);
  if (packs === undefined ? sales > SALES_OF_UNKNOWN_PACK : total > ONE + rounding)
    into.overSplit = true;
}

/** One row of the table; true when the claim stands here, by another sale. */
function judgeClaim(
  claim: Claim | ClaimUse,
  clash: boolean,
  context: ReadContext,
  into: Mutable<LineTrace>,
): boolean {
  const { at, observation } = context;
  const here = claim.pharmacy === context.here;
  if (claim.state === "returned") {
    if (here) into.resold = true;
    else into.heldElsewhere = true;
    return false;
  }
  if (!isClaimed(claim, at)) return false;
  if (isSameSale(claim, { at, pharmacy: context.here, person: observation.person })) return false;
  if (here) {
    if (clash) into.soldHere = true;
    return true;
  }
  if (claim.state === "sold") into.soldElsewhere = true;
  else into.heldElsewhere = true;
  return false;
}
