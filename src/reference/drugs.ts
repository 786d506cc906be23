import { present } from "../swipe/present.ts";
import type { DrugEntry } from "./bundle.ts";
import type { LoadingContext, LoadingRow } from "./loading.ts";
import { loadRows, oncePerKey } from "./loading.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

/** The header of drugs.csv (contract, section 7), the optional columns last. */
export const DRUG_COLUMNS = [
  "code",
  "name",
  "prescription",
  "sex",
  "minAge",
  "maxAge",
  "packUnits",
  "dailyUnits",
  "ceilingPrice",
  "traceExempt",
  "dualChannel",
  "setting",
  "diseases",
  "group",
  "areaMedian",
] as const;

const SHAPE: TableShape = {
  separator: ",",
  columns: DRUG_COLUMNS,
  required: ["code", "name", "prescription"],
};

/**
 * Where the fund pays for a drug; `retail` says that a pharmacy may sell it although it is injected,
 * `compound` that slices are paid for only together with others (单味使用不予支付).
 */
export const DRUG_SETTINGS = ["inpatient", "emergency", "retail", "compound"] as const;

/** A drug code in capitals, or its beginning. */
export const DRUG_CODE = /^[A-Z0-9]{1,50}$/;
export const DRUG_CODE_FORM = "1 to 50 letters and digits";
const AGE = { min: 0, max: 150, decimals: 0 };
/** In 1/10,000 as quantities are; a pack of 300 units of insulin is the large end, 5,000 g of a herb beyond it. */
const UNITS = { min: 0.0001, max: 100_000, decimals: 4 };
const DISEASE = /^[A-Za-z0-9.]{1,30}$/;
const DISEASES_MAX = 200;

export interface LoadedDrug {
  readonly entry: DrugEntry;
  readonly line: number;
}

/** One row a code or prefix. */
export function* loadDrugs(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, ReadonlyMap<string, LoadedDrug>> {
  const drugs = new Map<string, LoadedDrug>();
  const once = oncePerKey("code is that of line {line}; a code has one row");
  yield* loadRows(file, SHAPE, context, (row) => {
    const entry = readDrug(row);
    if (entry !== undefined && once(entry.code, row)) {
      drugs.set(entry.code, { entry, line: row.line });
    }
  });
  return drugs;
}

function readDrug({ values, read, report }: LoadingRow): DrugEntry | undefined {
  const [
    written = "",
    n = "",
    rx = "",
    sex = "",
    min = "",
    max = "",
    pack = "",
    daily = "",
    ceiling = "",
  ] = values;
  const [exempt = "", dual = "", setting = "", diseases = "", group = "", median = ""] =
    values.slice(9);
  const c = written.toUpperCase();
  const code = read.required("code", c, read.text("code", c, DRUG_CODE, DRUG_CODE_FORM));
  const name = read.required(
    "name",
    n,
    read.text("name", n, /^.{1,200}$/su, "at most 200 characters"),
  );
  const prescription = read.required("prescription", rx, read.flag("prescription", rx));
  const minAge = read.number("minAge", min, AGE);
  const maxAge = read.number("maxAge", max, AGE);
  if (minAge !== undefined && maxAge !== undefined && minAge > maxAge)
    report("minAge is above maxAge");
  const rest = {
    sex: read.oneOf("sex", sex, ["1", "2"] as const),
    minAge,
    maxAge,
    packUnits: read.number("packUnits", pack, UNITS),
    dailyUnits: read.number("dailyUnits", daily, UNITS),
    ceilingPrice: read.money("ceilingPrice", ceiling),
    traceExempt: read.flag("traceExempt", exempt) ?? false,
    dualChannel: read.flag("dualChannel", dual),
    setting: read.oneOf("setting", setting, DRUG_SETTINGS),
    diseases: readDiseases(diseases, report),
    group: read.text("group", group, /^.{1,100}$/su, "at most 100 characters"),
    areaMedian: read.money("areaMedian", median),
  };
  if (code === undefined || name === undefined || prescription === undefined) return undefined;
  return Object.freeze(present({ code, name, prescription, ...rest }));
}

/** Disease codes separated by semicolons. */
function readDiseases(
  value: string,
  report: (reason: string) => void,
): readonly string[] | undefined {
  if (value === "") return undefined;
  const codes = value.split(";").map((code) => code.trim());
  if (codes.length <= DISEASES_MAX && codes.every((code) => DISEASE.test(code)))
    return Object.freeze(codes);
  report(`diseases must be at most ${DISEASES_MAX} disease codes separated by semicolons`);
  return undefined;
}
