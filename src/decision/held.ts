import {
  type ClaimMove,
  type LedgerEntry,
  type LedgerLine,
  type LocatedClaim,
  NO_SETTLEMENT,
  type ReturnsSheet,
} from "../counters/contract.ts";
import type { TenThousandths } from "../units.ts";

/** Small words about an entry's lines and claims that the steps of the life cycle share. */

export function quantityOf(lines: readonly LedgerLine[], tag: number): TenThousandths {
  return lines.find((line) => line.tag === tag)?.quantity ?? 0;
}

/** A line with another quantity: days and money go with it, in proportion to what was there at first. */
export function scaled(line: LedgerLine, quantity: TenThousandths): LedgerLine {
  if (quantity === line.quantity) return line;
  const share = line.quantity === 0 ? 0 : quantity / line.quantity;
  return {
    ...line,
    quantity,
    days: line.days === undefined ? undefined : Math.round(line.days * share * 10) / 10,
    fen: Math.round(line.fen * share),
  };
}

export function isCode(claim: LocatedClaim): boolean {
  return claim.kind === "trace" || claim.kind === "split";
}

/** How a sale holds its claims: a part that comes back does not make a reservation a sale. */
export function heldAs(entry: LedgerEntry): ClaimMove["to"] {
  if (entry.state === "settled" || entry.settlement !== NO_SETTLEMENT) return "sold";
  return entry.presume ? "presumable" : "reserved";
}

/** A prescription's use of a drug is the sum over its lines of that drug. */
export function prescribedUse(
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

/** What a sale still uses of a prescription or a split pack; undefined for a whole box, and for a pack it has left. */
export function leftOfUse(
  claim: LocatedClaim,
  claims: readonly LocatedClaim[],
  lines: readonly LedgerLine[],
): ClaimMove["use"] {
  const { kind, line } = claim;
  if (kind === "prescription") return prescribedUse(claim, claims, lines).use;
  const left = quantityOf(lines, line);
  if (kind !== "split" || left === 0) return undefined;
  // A line's tablets are shared evenly among its packs; their uses are of no drug in particular.
  const packs = claims.filter((of) => of.kind === "split" && of.line === line).length;
  return { drug: "", quantity: Math.floor(left / packs) };
}

export function isBack({ to }: ClaimMove): boolean {
  return to === "returned" || to === "released";
}

/** The claims but for the codes that came back with a part. */
export function stillOut({
  claims,
  returns,
}: {
  readonly claims: readonly LocatedClaim[];
  readonly returns: ReturnsSheet | undefined;
}): readonly LocatedClaim[] {
  const back = new Set(returns?.codes);
  return back.size === 0 ? claims : claims.filter((claim) => !isCode(claim) || !back.has(claim.id));
}

/** What is dispensed is claimed as `to` says; lines of which nothing was dispensed let their codes go. */
export function claimsByLine(
  claims: readonly LocatedClaim[],
  lines: readonly LedgerLine[],
  to: ClaimMove["to"],
): ClaimMove[] {
  const known = new Set(lines.map((line) => line.tag));
  return claims.map((claim): ClaimMove => {
    const { kind, line, id } = claim;
    if (kind === "token") return { kind, line, id, to };
    const { use } = prescribedUse(claim, claims, lines);
    const quantity = use?.quantity ?? quantityOf(lines, line);
    const stays = quantity > 0 || !known.has(line);
    const moved = stays ? to : "released";
    return use ? { kind, line, id, to: moved, use } : { kind, line, id, to: moved };
  });
}
