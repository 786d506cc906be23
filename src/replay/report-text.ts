import type { CaughtCount, KindRow, ReportRows, RuleRow } from "./report-rows.ts";

/** The labelled report as tables: for a terminal, or as Markdown for the README. */

type Cells = readonly string[];

const KIND_HEAD: Cells = [
  "what",
  "kind",
  "episodes",
  "caught",
  "missed",
  "swipes until caught",
  "yuan until caught",
  "yuan lost of",
  "honest stopped",
  "by",
];
const RULE_HEAD: Cells = [
  "rule",
  "caught",
  "missed",
  "swipes until caught",
  "yuan until caught",
  "honest stopped",
  "held",
  "denied",
  "stepUp",
  "warned",
];

export interface ReportedPolicy {
  readonly version: string;
  readonly hash: string;
}

export function reportText(rows: ReportRows): string {
  return [
    ...summaryLines(rows),
    "",
    ...plain([KIND_HEAD, ...rows.kinds.map(kindCells)]),
    "",
    ...plain([RULE_HEAD, ...rows.rules.map(ruleCells)]),
    "",
    ...(rows.missed.length > 0 ? [`missed: ${rows.missed.join(", ")}`] : []),
    "",
  ].join("\n");
}

export function reportMarkdown(rows: ReportRows, policy: ReportedPolicy): string {
  return [
    `Policy ${policy.version}, \`${policy.hash}\`:`,
    "",
    ...summaryLines(rows).map((line) => `- ${line}`),
    "",
    ...markdown([KIND_HEAD, ...rows.kinds.map(kindCells)]),
    "",
    ...markdown([RULE_HEAD, ...rows.rules.map(ruleCells).map(quoted)]),
    "",
  ].join("\n");
}

function summaryLines({ honest, fraud, behaviours, careful, clumsy }: ReportRows): string[] {
  return [
    `${fraud.caught} of ${fraud.episodes} episodes caught (${percent(fraud.caughtShare)}), ` +
      `${money(fraud.yuanLost)} of ${money(fraud.yuan)} yuan settled before that, in ${fraud.swipes} sales`,
    `${honest.stopped} of ${honest.sales} honest sales stopped (${percent(honest.stoppedShare, 3)}); ` +
      `${honest.passedLater} more were held and passed at a later step; ${honest.refused} requests refused as wrong`,
    `stepUp at ${percent(honest.steppedUpShare)} and warn at ${percent(honest.warnedShare)} of ${honest.checks} honest checks`,
    ...(careful.episodes + clumsy.episodes > 0
      ? [`clumsy gangs: ${outOf(clumsy)} caught; careful ones: ${outOf(careful)}`]
      : []),
    `by behaviour: ${behaviours.map(({ id, caught, episodes }) => `${id} ${caught}/${episodes}`).join(", ")}`,
  ];
}

function outOf({ caught, episodes }: CaughtCount): string {
  return `${caught} of ${episodes}`;
}

function kindCells(row: KindRow): Cells {
  return [
    row.name,
    row.kind,
    String(row.episodes),
    String(row.caught),
    String(row.missed),
    row.swipesUntilCaught === undefined ? "–" : String(row.swipesUntilCaught),
    row.yuanUntilCaught === undefined ? "–" : money(row.yuanUntilCaught),
    `${money(row.yuanLost)} of ${money(row.yuan)}`,
    String(row.honestStopped),
    row.by.map(({ rule, episodes }) => `${rule} ${episodes}`).join(", ") || "–",
  ];
}

function ruleCells(row: RuleRow): Cells {
  return [
    row.rule,
    String(row.caught),
    String(row.missed),
    row.swipesUntilCaught === undefined ? "–" : String(row.swipesUntilCaught),
    row.yuanUntilCaught === undefined ? "–" : money(row.yuanUntilCaught),
    String(row.stopped),
    String(row.held),
    String(row.denied),
    String(row.steppedUp),
    String(row.warned),
  ];
}

/** As code: a table of results is not the table of rules. */
function quoted([rule = "", ...rest]: Cells): Cells {
  return [`\`${rule}\``, ...rest];
}

function markdown([head, ...rows]: readonly Cells[]): string[] {
  const line = (cells: Cells) => `| ${cells.join(" | ")} |`;
  return [line(head ?? []), line((head ?? []).map(() => "---")), ...rows.map(line)];
}

function plain(rows: readonly Cells[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function percent(part: number, digits = 1): string {
  return `${(part * 100).toFixed(digits)} %`;
}

/** Whole yuan, in groups of three. */
function money(yuan: number): string {
  return Math.round(yuan)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}
