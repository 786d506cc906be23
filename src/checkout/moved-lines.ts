import type { LedgerEntry, LocatedClaim } from "../counters/contract.ts";
import type { LineQuantity, Step } from "../decision/life-cycle.ts";
import { lineTag } from "../features/digests.ts";
import type { ClearQuantity } from "../swipe/clear-swipe.ts";
import type { TenThousandths } from "../units.ts";
import type { MovedLine } from "./recorder.ts";
import { checkedLine, type Sale, type Stepped } from "./sale-steps.ts";

const ONE: TenThousandths = 10_000;

/** What a settlement dispensed, also when it is told again after a part came back. */
export function dispensed({ sale, entry, transition }: Stepped): MovedLine[] {
  const sheet = transition?.returns ?? sale.stored.returns;
  return (sheet?.original ?? entry.lines)
    .filter((line) => line.quantity > 0)
    .map((line) => moved(sale, line.tag, line.quantity, sale.located.claims));
}

/** Codes that came for a line: nothing more of it was dispensed with them. */
export function brought({ sale, step }: Stepped): MovedLine[] {
  if (step.kind !== "supply" || step.codes.length === 0) return [];
  const checked = checkedLine(sale, step.line, lineTag);
  return [
    {
      line: checked?.line ?? String(step.line),
      ...(checked ? { drug: checked.drug } : {}),
      quantity: 0,
      traceCodes: step.codes.map((code) => Buffer.from(code, "latin1").toString("base64url")),
    },
  ];
}

/** What left the sale with this step; told again, the same as the first time. */
export function cameBack({ sale, entry, step, transition }: Stepped): MovedLine[] {
  if (transition === undefined) return cameBackBefore(sale, step);
  const claims = transition.claims.filter(({ to }) => to === "returned" || to === "released");
  return sale.entry.lines.flatMap(({ tag }) => {
    const quantity = leftOf(sale.entry, tag) - leftOf(entry, tag);
    return quantity > 0 ? [moved(sale, tag, quantity, claims)] : [];
  });
}

function cameBackBefore(sale: Sale, step: Step): MovedLine[] {
  if (step.kind !== "reverse") return [];
  const { entry, located, stored } = sale;
  if (step.lines !== undefined) {
    return step.lines.map(({ tag, quantity, codes }) => {
      const isGone = leftOf(entry, tag) === 0;
      const back = located.claims.filter(({ id }) => isGone || codes?.includes(id));
      return moved(sale, tag, quantity, back);
    });
  }
  const { returns } = stored;
  const isThis =
    step.reversal === undefined ? !returns : returns?.reversals.includes(step.reversal);
  if (!isThis || entry.state !== "returned") return [];
  const claims = located.claims.filter(({ id }) => !returns?.codes?.includes(id));
  return entry.lines
    .filter((line) => line.quantity > 0)
    .map((line) => moved(sale, line.tag, line.quantity, claims));
}

/** What still counts of a line: a sale returned whole keeps its lines, so that it can stand again. */
export function leftOf(entry: LedgerEntry, tag: number): TenThousandths {
  if (entry.state === "returned" || entry.state === "attempted") return 0;
  return entry.lines.find((line) => line.tag === tag)?.quantity ?? 0;
}

function moved(
  sale: Sale,
  tag: number,
  quantity: TenThousandths,
  claims: readonly LocatedClaim[],
): MovedLine {
  const checked = checkedLine(sale, tag, lineTag);
  return {
    line: checked?.line ?? String(tag),
    ...(checked ? { drug: checked.drug } : {}),
    quantity,
    traceCodes: codesOf(claims, tag),
  };
}

function codesOf(claims: readonly LocatedClaim[], tag: number): string[] {
  return claims
    .filter((claim) => claim.line === tag && (claim.kind === "trace" || claim.kind === "split"))
    .map((claim) => Buffer.from(claim.id, "latin1").toString("base64url"));
}

/**
 * The till speaks in the unit of its check; the ledger counts packs. A tablet rarely divides a pack evenly:
 * what comes within a quarter of a tablet of all that is left is all of it.
 */
export function inLedgerUnits(sale: Sale, { line, quantity }: ClearQuantity): LineQuantity {
  return packsOf(sale, lineTag(line), quantity);
}

export function packsOf(sale: Sale, tag: number, quantity: TenThousandths): LineQuantity {
  const perUnit = checkedLine(sale, tag, lineTag)?.perUnit ?? 1;
  const exact = Math.round(quantity * perUnit);
  const left = sale.entry.lines.find((of) => of.tag === tag)?.quantity;
  const isAll = left !== undefined && Math.abs(exact - left) < (perUnit * ONE) / 4;
  return { tag, quantity: perUnit < 1 && isAll ? left : exact };
}

/** The other way round, in units with four decimals; a whole number of tablets is told as one. */
export function inTillUnits(quantity: TenThousandths, perUnit: number): number {
  const units = Math.round(quantity / perUnit) / ONE;
  const isWhole = perUnit < 1 && Math.abs(units - Math.round(units)) < 0.05;
  return isWhole ? Math.round(units) : units;
}
