import type { TraceMemory } from "../../counters/contract.ts";
import { lineTag } from "../../features/digests.ts";
import { LEVELS } from "../../swipe/vocabulary.ts";
import type { BroughtCode, BroughtCodes } from "../findings.ts";
import { checkedLine, type Stepped } from "../sale-steps.ts";
import type { UploadedRow } from "./upload-steps.ts";

/**
 * What the finders are told of codes that came after their sale's check. Undefined where none is new: who took a code
 * over from this sale since was told of when it did.
 */
export function broughtCodes(
  { sale, step, transition }: Stepped,
  swipeId: string,
  { row, codes }: UploadedRow,
  memories: readonly TraceMemory[],
): BroughtCodes | undefined {
  const late = new Set(transition?.lateClaims?.map(({ id }) => id));
  if (step.kind !== "supply" || late.size === 0) return undefined;
  const { key, located, entry, decided } = sale;
  const checked = checkedLine(sale, step.line, lineTag);
  const line = entry.lines.find(({ tag }) => tag === step.line);
  const answered = LEVELS[entry.level];
  return {
    swipe: key,
    swipeId: decided?.swipeId ?? swipeId,
    pharmacy: located.pharmacy,
    person: Buffer.from(located.person, "latin1").toString("base64url"),
    at: entry.at,
    by: "upload",
    area: entry.area,
    ...(answered === undefined ? {} : { answered }),
    codes: codes.flatMap((code, index): BroughtCode[] => {
      const known = memories[index];
      const product = row.codes[index]?.product;
      if (known === undefined || !late.has(code)) return [];
      return [
        {
          line: checked?.line ?? String(step.line),
          code,
          drug: row.drug,
          split: row.split,
          known,
          ...(product === undefined ? {} : { product }),
          ...(line === undefined ? {} : { quantity: line.quantity, amount: line.fen }),
        },
      ];
    }),
  };
}
