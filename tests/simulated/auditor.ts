import { auditAnswers } from "./audit-answers.ts";
import { auditClaims } from "./audit-claims.ts";
import { auditRecords } from "./audit-records.ts";
import { auditSales } from "./audit-sales.ts";
import { auditTotals } from "./audit-totals.ts";
import { auditWaiting } from "./audit-waiting.ts";
import type { Life } from "./world.ts";

/**
 * Recomputes what must be true of a life from what was asked, what was answered, what Kafka and the journals hold and
 * what the store says at the end. It knows the contract and nothing of how it is kept. Each finding begins with the
 * promise that was broken, so that findings of one kind can be counted.
 */
export function auditLife(life: Life): readonly string[] {
  return [
    ...(life.stuck === undefined ? [] : [`ends: ${life.stuck}`]),
    ...auditAnswers(life),
    ...auditRecords(life),
    ...auditWaiting(life),
    ...auditSales(life),
    ...auditTotals(life),
    ...auditClaims(life),
  ];
}

/** The kind of a finding: what shrinking must keep. */
export function kindOf(finding: string): string {
  return finding.slice(0, finding.indexOf(":"));
}
