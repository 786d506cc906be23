/** A message with its rows in one place, and where the till had put each. */
export interface UploadForm {
  /** The envelope with `input.rows` in place of its own node; unread otherwise. */
  readonly body: unknown;
  readonly rows: readonly unknown[];
  /** Without an index: the node itself. */
  pathOf(index?: number): string;
}

/** The lists of 3505A and 3506A; what everything else is read as is `selinfo`. */
const LIST = "selinfoDetail";
const SINGLE = "selinfo";

/**
 * The forms tills send: one product in `selinfo`, several there or in `selinfoDetail`. Trace codes are a list in the
 * row [documented], one object, an empty text, or stand beside the row [seen].
 */
export function rowsOf(envelope: unknown): UploadForm {
  const input = recordOf(recordOf(envelope)["input"]);
  const node = input[SINGLE] === undefined && input[LIST] !== undefined ? LIST : SINGLE;
  const given = input[node];
  const isList = Array.isArray(given);
  const listed: readonly unknown[] = isList ? given : [given];
  // Codes beside several rows would be nobody's in particular.
  const beside = listed.length === 1 ? input["drugtracinfo"] : undefined;
  const rows = listed.map((row) => withCodes(row, beside));
  const isMissing = given === undefined || given === null;
  return {
    body: {
      ...recordOf(envelope),
      input: { rows: isMissing ? undefined : rows },
    },
    rows,
    pathOf: (index) =>
      isList && index !== undefined ? `input.${node}[${index}]` : `input.${node}`,
  };
}

function withCodes(row: unknown, beside: unknown): unknown {
  if (typeof row !== "object" || row === null) return row;
  const own = listOf((row as Record<string, unknown>)["drugtracinfo"]);
  return { ...row, drugtracinfo: own ?? listOf(beside) };
}

/** Undefined for nothing; what is neither a row nor rows stays as it is, for the schema to refuse. */
function listOf(codes: unknown): unknown {
  if (codes === undefined || codes === null || codes === "") return undefined;
  const isOne = typeof codes === "object" && !Array.isArray(codes);
  return isOne ? [codes] : codes;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
