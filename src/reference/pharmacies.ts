import { present } from "../swipe/present.ts";
import type { PharmacyEntry } from "./bundle.ts";
import { createCellReader } from "./cells.ts";
import type { LoadingContext } from "./loading.ts";
import { PAUSE_EVERY_ROWS } from "./loading.ts";
import type { ReferenceFile, TableShape } from "./table.ts";
import { readTable } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: ["code", "area", "latitude", "longitude", "status", "since", "opens", "closes", "tills"],
  required: ["code", "area", "status"],
};
const STATUSES = ["active", "suspended", "ended"] as const;
const CODE = /^[A-Za-z0-9._-]{1,30}$/;
const TILLS_MAX = 1_000;

/** One row a pharmacy. `closes` before `opens` means after midnight. */
export function* loadPharmacies(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, ReadonlyMap<string, PharmacyEntry>> {
  const pharmacies = new Map<string, PharmacyEntry>();
  const lines = new Map<string, number>();
  for (const row of readTable(file, SHAPE, context.faults)) {
    const report = (reason: string) => context.faults.add(file.name, row.line, reason);
    context.content.update(file.name, row.values);
    const entry = readPharmacy(row.values, report);
    if (entry !== undefined) {
      const earlier = lines.get(entry.code);
      if (earlier !== undefined) report(`code is that of line ${earlier}; a pharmacy has one row`);
      pharmacies.set(entry.code, entry);
      lines.set(entry.code, row.line);
    }
    if (row.line % PAUSE_EVERY_ROWS === 0) yield;
  }
  return pharmacies;
}

function readPharmacy(
  values: readonly string[],
  report: (reason: string) => void,
): PharmacyEntry | undefined {
  const [c = "", a = "", lat = "", lon = "", st = "", since = "", o = "", cl = "", t = ""] = values;
  const read = createCellReader(report);
  const code = read.required("code", c, read.text("code", c, CODE, "1 to 30 letters and digits"));
  const area = read.required("area", a, read.text("area", a, /^\d{4,12}$/, "4 to 12 digits"));
  const status = read.required("status", st, read.oneOf("status", st, STATUSES));
  const latitude = read.number("latitude", lat, { min: -90, max: 90, decimals: 9 });
  const longitude = read.number("longitude", lon, { min: -180, max: 180, decimals: 9 });
  const opens = read.minutes("opens", o);
  const closes = read.minutes("closes", cl);
  if ((lat === "") !== (lon === ""))
    report("latitude and longitude must both be given or both be empty");
  if ((o === "") !== (cl === ""))
    report("opens and closes must both be given or both be empty (open all day)");
  if (opens !== undefined && opens === closes)
    report("opens and closes are equal; leave both empty for open all day");
  const sinceDay = read.day("since", since);
  const tills = read.number("tills", t, { min: 1, max: TILLS_MAX, decimals: 0 });
  if (code === undefined || area === undefined || status === undefined) return undefined;
  return Object.freeze(
    present({ code, area, latitude, longitude, status, since: sinceDay, opens, closes, tills }),
  );
}
