import type { ClaimMove, LocatedClaim } from "../counters/contract.ts";
import type { Bytes, TenThousandths } from "../units.ts";
import { isCode, quantityOf } from "./held.ts";
import type { Moved, Standing } from "./life-cycle.ts";

/** A sale upload brings the trace codes of one line, which the check may not have had (3505). */
export interface Supply {
  readonly kind: "supply";
  readonly line: number;
  /** 10 bytes of each code. */
  readonly codes: readonly Bytes[];
  readonly split: boolean;
  /** How much of the line the codes are of; shared evenly among those of a split pack. */
  readonly quantity: TenThousandths;
  /** Codes that are claimed though the sale knows them already: it has lost them, or was settled since they were noted. */
  readonly anew?: readonly Bytes[];
}

/** As many as a check may carry (contract section 2); the locator and a return list them all. */
const CODES_A_SWIPE = 300;
/** A split pack's use is of no drug in particular. */
const NO_DRUG = "";

/**
 * The codes of a settled sale are sold with it, whoever held them before: the box has gone over the counter. Those of
 * a sale that is not settled yet are noted with the swipe, and its settlement claims them; so are those of what came
 * back already. Codes the sale has are a repeat.
 */
export function supply({ entry, claims, returns }: Standing, step: Supply): Moved {
  const own = claims.filter(isCode);
  const known = new Set(own.map((claim) => claim.id));
  const kind = step.split ? ("split" as const) : ("trace" as const);
  const late = step.codes
    .filter((id) => !known.has(id))
    .slice(0, Math.max(0, CODES_A_SWIPE - own.length))
    .map((id): LocatedClaim => ({ kind, line: step.line, id }));
  const isSold = entry.state === "settled" && quantityOf(entry.lines, step.line) > 0;
  const isLost = ({ id }: LocatedClaim) => step.anew?.includes(id) && !returns?.codes?.includes(id);
  const brought = [...late, ...(isSold ? own.filter(isLost) : [])];
  if (brought.length === 0) return { same: true };
  const quantity = Math.floor(step.quantity / brought.length);
  const use = step.split ? { use: { drug: NO_DRUG, quantity } } : {};
  const sold = brought.map((claim): ClaimMove => ({ ...claim, to: "sold", ...use }));
  return {
    to: {
      after: entry,
      returns: undefined,
      claims: isSold ? sold : [],
      codesKept: false,
      lateClaims: late,
    },
  };
}
