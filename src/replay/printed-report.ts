import type { ReportRows } from "./report-rows.ts";
import { type ReportedPolicy, reportMarkdown, reportText } from "./report-text.ts";
import { type ReplaySummary, summaryText } from "./run-replay.ts";

export interface ReplayTold {
  readonly summary: ReplaySummary;
  readonly policy: ReportedPolicy;
  readonly rows: ReportRows;
}

/** What `guard replay --labels` prints: JSON for a program, Markdown for a page, else tables for a terminal. */
export function printedReport(
  { summary, policy: { version, hash }, rows }: ReplayTold,
  { json, markdown }: { readonly json?: boolean; readonly markdown?: boolean },
): string {
  const policy = { version, hash };
  if (json) return `${JSON.stringify({ summary, policy, report: rows })}\n`;
  return markdown ? reportMarkdown(rows, policy) : `${summaryText(summary)}\n${reportText(rows)}`;
}
