import { z } from "zod";
import { CheckBody, DispensedLine, Funds, parseCheck } from "./check-body.ts";
import type {
  ClearAcknowledgement,
  ClearQuantity,
  ClearReturn,
  ClearReversal,
  ClearSettlement,
  ClearSwipe,
} from "./clear-swipe.ts";
import { repeated } from "./cross-check.ts";
import { toTenThousandths } from "./decimal.ts";
import { badRequest, type Fault, parseWith } from "./faults.ts";
import {
  MAX_CODES_A_LINE,
  MAX_CODES_A_SWIPE,
  MAX_LINES,
  overrideCode,
  reversalId,
  someQuantity,
  text,
  traceCode,
} from "./fields.ts";
import { present } from "./present.ts";
import { isProblem, type Outcome } from "./problem.ts";
import { toClearFunds } from "./to-clear-swipe.ts";
import { ACKNOWLEDGEMENT_CHOICES, REVERSAL_REASONS } from "./vocabulary.ts";

/** The bodies of what happens to a swipe after its check (contract section 2, Afterwards). */

export const SettlementBody = z
  .strictObject({
    settlementId: text(50).describe("setl_id"),
    visitId: text(50).describe("mdtrt_id"),
    lines: z
      .array(DispensedLine)
      .min(1)
      .max(MAX_LINES)
      .nullish()
      .describe("dispensed on the fund; default: all lines as checked"),
    funds: Funds.nullish(),
    swipe: CheckBody.nullish().describe("the check's body, after 404 swipe_unknown only"),
  })
  .meta({ title: "SettlementBody", description: "What was dispensed on the fund." });
export type SettlementBody = z.infer<typeof SettlementBody>;

export const ReversalBody = z
  .strictObject({
    reversalId: reversalId()
      .nullish()
      .describe("needed where lines are named; the last eight of a swipe are remembered"),
    reason: z
      .enum(REVERSAL_REASONS)
      .describe(
        "refund: goods came back; void: the till withdraws the sale; timeout: the settlement's answer was lost",
      ),
    lines: z
      .array(
        z.strictObject({
          line: text(30).describe("id of the line as checked"),
          quantity: someQuantity().describe("in the unit of the checked line, 4 decimals"),
          traceCodes: z
            .array(traceCode())
            .max(MAX_CODES_A_LINE)
            .nullish()
            .describe("codes that came back; without them none is freed"),
        }),
      )
      .min(1)
      .max(MAX_LINES)
      .nullish()
      .describe("default: all that is left of all lines"),
  })
  .meta({ title: "ReversalBody", description: "What came back." });
export type ReversalBody = z.infer<typeof ReversalBody>;

export const AcknowledgementBody = z
  .strictObject({
    by: text(50).describe("the member of staff who decided; kept as a keyed digest only"),
    choice: z
      .enum(ACKNOWLEDGEMENT_CHOICES)
      .describe("continue: sold on the fund; withdraw: not sold; cash: sold without the fund"),
    code: overrideCode().nullish().describe("reason code"),
  })
  .meta({ title: "AcknowledgementBody", description: "What the pharmacist did about the answer." });
export type AcknowledgementBody = z.infer<typeof AcknowledgementBody>;

export function parseSettlement(body: unknown): Outcome<ClearSettlement> {
  const parsed = parseWith(SettlementBody, body);
  if (isProblem(parsed)) return parsed;
  const { settlementId, visitId, lines, funds, swipe } = parsed.value;
  const faults = lineFaults(lines ?? []);
  if (faults.length > 0) return badRequest(faults);
  const carried = carriedSwipe(swipe);
  if (carried !== undefined && isProblem(carried)) return carried;
  return {
    value: present({
      settlementId: settlementId.trim(),
      visitId: visitId.trim(),
      lines: lines?.map(quantityOf),
      funds: funds ? toClearFunds(funds) : undefined,
      swipe: carried?.value,
    }),
  };
}

export function parseReversal(body: unknown): Outcome<ClearReversal> {
  const parsed = parseWith(ReversalBody, body);
  if (isProblem(parsed)) return parsed;
  const { reason, lines } = parsed.value;
  const id = parsed.value.reversalId ?? undefined;
  const faults = [...lineFaults(lines ?? []), ...codeFaults(lines ?? [])];
  if (lines && id === undefined) {
    faults.push({ path: "reversalId", reason: "is needed where lines are named" });
  }
  if (faults.length > 0) return badRequest(faults);
  return { value: present({ reversalId: id, reason, lines: lines?.map(returnOf) }) };
}

export function parseAcknowledgement(body: unknown): Outcome<ClearAcknowledgement> {
  const parsed = parseWith(AcknowledgementBody, body);
  if (isProblem(parsed)) return parsed;
  const { by, choice, code } = parsed.value;
  return { value: present({ by: by.trim(), choice, code: code ?? undefined }) };
}

/** The swipe a settlement carries passes the same door as a check; only its faults are named further in. */
function carriedSwipe(swipe: CheckBody | null | undefined): Outcome<ClearSwipe> | undefined {
  if (swipe === null || swipe === undefined) return undefined;
  const checked = parseCheck(swipe);
  if (!isProblem(checked)) return checked;
  const paths = checked.problem.paths?.map(({ path, reason }) => ({
    path: `swipe.${path}`,
    reason,
  }));
  return { problem: present({ ...checked.problem, paths }) };
}

function lineFaults(lines: readonly { readonly line: string }[]): Fault[] {
  return repeated(lines.map(({ line }) => line.trim())).map((index) => ({
    path: `lines[${index}].line`,
    reason: "is the id of an earlier line",
  }));
}

function codeFaults(lines: NonNullable<ReversalBody["lines"]>): Fault[] {
  const codes = lines.reduce((sum, { traceCodes }) => sum + (traceCodes?.length ?? 0), 0);
  if (codes <= MAX_CODES_A_SWIPE) return [];
  return [{ path: "lines", reason: `must be at most ${MAX_CODES_A_SWIPE} trace codes a swipe` }];
}

function quantityOf(line: z.infer<typeof DispensedLine>): ClearQuantity {
  return { line: line.line.trim(), quantity: toTenThousandths(line.quantity) };
}

function returnOf(line: NonNullable<ReversalBody["lines"]>[number]): ClearReturn {
  return present({
    line: line.line.trim(),
    quantity: toTenThousandths(line.quantity),
    traceCodes: line.traceCodes ?? undefined,
  });
}
