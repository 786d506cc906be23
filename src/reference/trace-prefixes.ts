import type { TracePrefixEntry } from "./bundle.ts";
import { DRUG_CODE, DRUG_CODE_FORM } from "./drugs.ts";
import type { LoadingContext, LoadingRow } from "./loading.ts";
import { loadRows, oncePerKey } from "./loading.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: ["prefix", "code", "source"],
  required: ["prefix", "code"],
};
/** The four-code query (ZSMCJ003) answers for a prefix; a learned one is somebody's statistics of sales. */
const SOURCES = ["registry", "learned"] as const;

/** One row a prefix: product, specification and pack level are one drug code. */
export function* loadTracePrefixes(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, ReadonlyMap<string, TracePrefixEntry>> {
  const prefixes = new Map<string, TracePrefixEntry>();
  const once = oncePerKey("prefix is that of line {line}; a prefix has one row");
  yield* loadRows(file, SHAPE, context, (row) => {
    const read = readPrefix(row);
    if (read !== undefined && once(read.prefix, row)) prefixes.set(read.prefix, read.entry);
  });
  return prefixes;
}

function readPrefix({
  values,
  read,
}: LoadingRow): { readonly prefix: string; readonly entry: TracePrefixEntry } | undefined {
  const [p = "", written = "", s = ""] = values;
  const code = written.toUpperCase();
  const prefix = read.required("prefix", p, read.text("prefix", p, /^\d{7}$/, "7 digits"));
  const drug = read.required("code", code, read.text("code", code, DRUG_CODE, DRUG_CODE_FORM));
  const source = read.oneOf("source", s, SOURCES) ?? "registry";
  if (prefix === undefined || drug === undefined) return undefined;
  return { prefix, entry: Object.freeze({ drug, source }) };
}
