import { present } from "../swipe/present.ts";
import type { PharmacyEntry } from "./bundle.ts";
import type { LoadingContext, LoadingRow } from "./loading.ts";
import { loadRows, oncePerKey } from "./loading.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: [
    "code",
    "area",
    "latitude",
    "longitude",
    "status",
    "since",
    "opens",
    "closes",
    "tills",
    "kind",
  ],
  required: ["code", "area", "status"],
};
export const STATUSES = ["active", "suspended", "ended"] as const;
const CODE = /^[A-Za-z0-9._-]{1,30}$/;
const TILLS_MAX = 1_000;

/** One row a pharmacy. `closes` before `opens` means after midnight. */
export function* loadPharmacies(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, ReadonlyMap<string, PharmacyEntry>> {
  const pharmacies = new Map<string, PharmacyEntry>();
  const once = oncePerKey("code is that of line {line}; a pharmacy has one row");
  yield* loadRows(file, SHAPE, context, (row) => {
    const entry = readPharmacy(row);
    if (entry !== undefined && once(entry.code, row)) pharmacies.set(entry.code, entry);
  });
  return pharmacies;
}

function readPharmacy({ values, read, report }: LoadingRow): PharmacyEntry | undefined {
  const [c = "", a = "", lat = "", lon = "", st = "", since = "", o = "", cl = "", t = ""] = values;
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
  const kind = read.word("kind", values[9] ?? "");
  if (code === undefined || area === undefined || status === undefined) return undefined;
  // 0, 0 is what geocoders say for nothing: taken as a place, it would be far from every other pharmacy.
  const isMapped = latitude !== 0 || longitude !== 0;
  return Object.freeze(
    present({
      code,
      area,
      latitude: isMapped ? latitude : undefined,
      longitude: isMapped ? longitude : undefined,
      status,
      since: sinceDay,
      opens,
      closes,
      tills,
      kind,
    }),
  );
}
