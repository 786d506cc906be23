import type { EventData } from "../../audit/event.ts";
import { NO_SETTLEMENT } from "../../counters/contract.ts";
import type { LineReturn, Step } from "../../decision/life-cycle.ts";
import { lineTag, pseudonymBytes, settlementDigest } from "../../features/digests.ts";
import type { Bytes } from "../../units.ts";
import { leftOf, packsOf } from "../moved-lines.ts";
import type { Sale } from "../sale-steps.ts";

export type RecordedSettlement = EventData<"swipe.settled">;
export type RecordedReversal = EventData<"swipe.reversed">;
type RecordedLine = RecordedSettlement["lines"][number];

/** Restoring what was never returned changes nothing: the step of a record that something later has overtaken. */
const NOTHING: Step = { kind: "restore", reversal: "" };

/** What a settlement said, in the ledger's own units; a line that it does not name was not dispensed. */
export function settleStep(sale: Sale, data: RecordedSettlement): Step {
  const { entry } = sale;
  // It was settled again since: this is the settlement before.
  if (entry.again === true && data.resettled !== true) return NOTHING;
  const sold = new Map(data.lines.map(({ line, quantity }) => [lineTag(line), quantity]));
  const { settlementId } = data;
  return {
    kind: "settle",
    settlement: settlementId === undefined ? NO_SETTLEMENT : settlementDigest(settlementId),
    ...(data.unchecked ? { unchecked: true } : {}),
    ...(sale.entry.lines.length === 0
      ? {}
      : { lines: entry.lines.map(({ tag }) => ({ tag, quantity: sold.get(tag) ?? 0 })) }),
  };
}

/** The codes of a line that came after its check, as far as the sale does not have them, or has lost them. */
export function supplyStep(
  sale: Sale,
  { line, upload }: { readonly line: RecordedLine; readonly upload: RecordedSettlement["upload"] },
  lost: readonly Bytes[],
): Step {
  const tag = lineTag(line.line);
  const codes = line.traceCodes.map(pseudonymBytes);
  const own = sale.located.claims.filter((claim) => claim.line === tag);
  // Before uploads said it, codes of a line that is split were of split packs.
  const split = upload?.split === true || own.some(({ kind }) => kind === "split");
  const left = sale.entry.lines.find((of) => of.tag === tag)?.quantity ?? 0;
  const said = upload === undefined ? left : packsOf(sale, tag, upload.quantity).quantity;
  return { kind: "supply", line: tag, codes, split, quantity: Math.min(said, left), anew: lost };
}

/** A reversal, a cancellation taken back, or what NHSA refused. */
export function reverseStep(sale: Sale, data: RecordedReversal, eventId: string): Step {
  const { entry } = sale;
  const { reason, reversalId } = data;
  if (reason === "refused") return { kind: "release" };
  if (reason === "restored") return { kind: "restore", reversal: reversalId ?? "" };
  // Of a sale that was settled again since, a reversal without a number is the one before, unless its record says which.
  if (entry.again === true && reversalId === undefined && !isOf(entry.settlement, eventId))
    return NOTHING;
  const reversal = reversalId === undefined ? {} : { reversal: nameOf(data, reversalId) };
  const named = data.lines.map((line) => returned(sale, line));
  const isWhole = reversalId === undefined || (data.upload === undefined && takesAll(sale, named));
  return isWhole
    ? { kind: "reverse", ...reversal }
    : { kind: "reverse", ...reversal, lines: named };
}

/** The record of a reversal after a second settlement ends in that settlement's digest. */
function isOf(settlement: Bytes, eventId: string): boolean {
  const digest = Buffer.from(settlement, "latin1").toString("hex");
  return eventId.split(":").includes(digest);
}

/** The sheet of returns keeps a return upload's number with what it said, where the record has that. */
function nameOf({ upload }: RecordedReversal, reversalId: string): string {
  return upload === undefined ? reversalId : `${reversalId}#${upload.content ?? ""}`;
}

function returned(sale: Sale, { line, quantity, traceCodes }: RecordedLine): LineReturn {
  const tag = lineTag(line);
  const isGone = quantity >= leftOf(sale.entry, tag);
  // A line of which nothing is left gives all of its codes back, named or not.
  const codes = isGone || traceCodes.length === 0 ? {} : { codes: traceCodes.map(pseudonymBytes) };
  return { tag, quantity, ...codes };
}

function takesAll({ entry }: Sale, named: readonly LineReturn[]): boolean {
  const back = new Map(named.map(({ tag, quantity }) => [tag, quantity]));
  return entry.lines.every(({ tag }) => (back.get(tag) ?? 0) >= leftOf(entry, tag));
}
