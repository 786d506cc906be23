import type { WaitingStep } from "../../audit/event.ts";
import type { DrugKey, LedgerLine } from "../../counters/contract.ts";
import { isCode } from "../../decision/held.ts";
import type { Supply } from "../../decision/late-codes.ts";
import type { Step } from "../../decision/life-cycle.ts";
import { lineTag } from "../../features/digests.ts";
import type { Bytes } from "../../units.ts";
import { packsOf } from "../moved-lines.ts";
import type { Sale } from "../sale-steps.ts";

export type UploadStep = Extract<WaitingStep, { readonly kind: "upload" }>;

/** A row of an upload as the memory knows its drug and its codes. */
export interface UploadedRow {
  readonly row: UploadStep["row"];
  readonly drug: DrugKey;
  /** 10 bytes of each code. */
  readonly codes: readonly Bytes[];
}

/** Between a return's msgid and the digest of what it says, where the sheet of returns keeps both. */
const CONTENT_MARK = "#";
/** Restoring what was never returned changes nothing: the step of a message that has nothing left to do. */
const NOTHING: Step = { kind: "restore", reversal: "" };

/**
 * The codes of a sale upload on the line they are of. A sale of one line takes them whatever the store calls the
 * drug: the box went over the counter with it. Undefined lines give no codes.
 */
export function supplyStep(sale: Sale, uploaded: UploadedRow): Supply {
  const { row, codes } = uploaded;
  const only = sale.entry.lines.length === 1 ? sale.entry.lines[0] : undefined;
  const line = lineOf(sale, uploaded, emptiest(sale)) ?? only;
  if (line === undefined) {
    return { kind: "supply", line: 0, codes: [], split: row.split, quantity: 0 };
  }
  const said = packsOf(sale, line.tag, row.quantity).quantity;
  const quantity = Math.min(said, line.quantity);
  return { kind: "supply", line: line.tag, codes, split: row.split, quantity };
}

/** Whether the store booked out another drug than the sale has. */
export function isOtherDrug(sale: Sale, { drug }: UploadedRow): boolean {
  return !sale.entry.lines.some((line) => line.drug === drug);
}

/**
 * What a return upload takes back. Told again (the same msgid, or the same content under another one) it is the
 * step it was; what has come back already, by 2103 or by its codes, is not taken twice. Undefined: no line is meant.
 */
export function returnStep(
  sale: Sale,
  uploaded: UploadedRow,
  reversal: { readonly id: string; readonly content: string },
): Step | undefined {
  const { entry, stored } = sale;
  const { row, codes } = uploaded;
  const name = `${reversal.id}${CONTENT_MARK}${reversal.content}`;
  const known = stored.returns?.reversals.find(
    (of) =>
      of.startsWith(`${reversal.id}${CONTENT_MARK}`) ||
      of.endsWith(`${CONTENT_MARK}${reversal.content}`),
  );
  const line = lineOf(sale, uploaded, fullest);
  if (known === undefined && entry.state === "returned") return NOTHING;
  if (line === undefined) return undefined;
  const back = stored.returns?.codes ?? [];
  const isBack = codes.length > 0 && codes.every((code) => back.includes(code));
  if (known === undefined && (isBack || line.quantity === 0)) return NOTHING;
  const { quantity } = packsOf(sale, line.tag, row.quantity);
  const named = codes.length > 0 ? { codes } : {};
  return {
    kind: "reverse",
    reversal: known ?? name,
    lines: [{ tag: line.tag, quantity, ...named }],
  };
}

/** The msgid a return was first told under. */
export function returnedUnder(step: Step): string | undefined {
  if (step.kind !== "reverse" || step.reversal === undefined) return undefined;
  return step.reversal.split(CONTENT_MARK)[0];
}

/** The line that has a code of the upload's; else of the very code, else of the same drug, as `better` puts them. */
function lineOf(
  sale: Sale,
  { row, drug, codes }: UploadedRow,
  better: (one: LedgerLine, other: LedgerLine) => number,
): LedgerLine | undefined {
  const { lines } = sale.entry;
  const claim = sale.located.claims.find((of) => isCode(of) && codes.includes(of.id));
  const own = claim && lines.find(({ tag }) => tag === claim.line);
  if (own !== undefined) return own;
  const exact = new Set(
    (sale.decided?.lines ?? [])
      .filter((checked) => checked.drug === row.drug)
      .map((checked) => lineTag(checked.line)),
  );
  const same = lines.filter((line) => line.drug === drug);
  const precise = same.filter(({ tag }) => exact.has(tag));
  return [...(precise.length > 0 ? precise : same)].sort(better)[0];
}

/** Lines without codes first. */
function emptiest({ located }: Sale) {
  const count = ({ tag }: LedgerLine) =>
    located.claims.filter((claim) => isCode(claim) && claim.line === tag).length;
  return (one: LedgerLine, other: LedgerLine) => count(one) - count(other);
}

function fullest(one: LedgerLine, other: LedgerLine): number {
  return other.quantity - one.quantity;
}
