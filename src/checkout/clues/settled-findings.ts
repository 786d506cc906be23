import type { EventData } from "../../audit/event.ts";
import { lineTag } from "../../features/digests.ts";
import { instantText } from "../../swipe/calendar.ts";
import { isRefusal } from "../../swipe/vocabulary.ts";
import { totalOf } from "../findings.ts";
import type { SettledRecord } from "../recorder.ts";
import type { Stepped } from "../sale-steps.ts";
import { base64url, findingDigest } from "./digest.ts";

type Finding = "settledAgainst" | "resettled";

/**
 * A settlement that an inspector should see: the fund paid although the till had been told not to settle, or paid again
 * for what had come back. A late settlement is none: tills are offline, and its record says so.
 */
export function settledClue(
  { sale, entry }: Stepped,
  record: SettledRecord,
  finding: Finding,
): EventData<"clue.raised"> {
  const { swipeId, pharmacy, person, settlementId = "" } = record;
  const hits = sale.decided?.hits.filter(
    ({ level, shadow, clearedBy }) => !shadow && clearedBy === undefined && isRefusal(level),
  );
  const isAgainst = finding === "settledAgainst";
  return {
    clueId: base64url(findingDigest(finding, pharmacy, swipeId, settlementId)),
    kind: finding,
    severity: isAgainst && record.level === "deny" ? "critical" : "high",
    rules: isAgainst ? [...new Set(hits?.map(({ rule }) => rule))] : [],
    pharmacies: [pharmacy],
    swipes: [swipeId],
    persons: [person],
    now: {
      ...{ swipeId, pharmacy, person, at: instantText(record.checkedAt), by: "settlement" },
      ...(entry.area === "" ? {} : { area: entry.area }),
      answered: record.level,
    },
    lines: linesOf(entry, record),
    evidence: {
      total: totalOf(entry),
      fund: entry.fund,
      late: record.late,
      settledAt: instantText(record.at),
      ...(settlementId === "" ? {} : { settlementId }),
      ...(record.visitId === undefined ? {} : { visitId: record.visitId }),
      // The rules are known for a day after the check.
      rulesKnown: !isAgainst || hits !== undefined,
    },
    raisedAt: instantText(record.at),
  };
}

function linesOf(entry: Stepped["entry"], record: SettledRecord) {
  return record.lines.flatMap(({ line, drug, quantity, traceCodes }) => {
    const fen = entry.lines.find(({ tag }) => tag === lineTag(line))?.fen;
    const said = {
      ...{ line, quantity },
      ...(drug === undefined ? {} : { drug }),
      ...(fen === undefined ? {} : { amount: fen }),
    };
    return traceCodes.length === 0 ? [said] : traceCodes.map((code) => ({ ...said, code }));
  });
}
