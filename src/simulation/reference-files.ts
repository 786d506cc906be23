import { DRUG_COLUMNS } from "../reference/drugs.ts";
import type { ShanghaiDay } from "../units.ts";
import { dateText } from "./days.ts";
import type { Drug } from "./goods/drug.ts";
import { addTo } from "./groups.ts";
import { LIMITED_TO } from "./people/diseases.ts";
import type { Store } from "./stores/store.ts";
import type { Listed, World } from "./world.ts";

/** The bureau's files on this city (contract section 7), as text by name. */
export function cityReference(world: World, watchlist: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ["pharmacies.csv", pharmacies(world)],
    ["drugs.csv", drugs(world)],
    ["watchlist.tsv", watchlist],
    ["trace-prefixes.csv", tracePrefixes(world)],
    ["prescribers.csv", prescribers(world)],
    ["combinations.csv", COMBINATIONS],
    ["filings.csv", filings(world)],
    ["calendar.csv", calendar(world)],
    ["areas.csv", AREAS],
  ]);
  for (const [list, rows] of listsOf(world)) files.set(`lists/${list}.csv`, listFile(rows));
  return files;
}

/** Reads of a file that cells are separated by commas, so none may hold one. */
type Cell = string | number | undefined;

function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${[header, ...rows].map((row) => row.map((cell) => cell ?? "").join(",")).join("\n")}\n`;
}

function clock(minute: number | undefined): string {
  if (minute === undefined) return "";
  const hours = String(Math.floor(minute / 60)).padStart(2, "0");
  return `${hours}:${String(minute % 60).padStart(2, "0")}`;
}

function pharmacies({ stores, extraStores, firstDay }: World): string {
  const header = [
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
  ];
  return table(
    header,
    [...stores, ...extraStores].map((store) => [
      store.code,
      store.area,
      store.latitude,
      store.longitude,
      store.suspendedFrom === undefined ? "active" : "suspended",
      dateText(sinceOf(store, firstDay)),
      clock(store.hours?.opens),
      clock(store.hours?.closes),
      store.counters,
      KINDS_ON_FILE.includes(store.kind) ? store.kind : "",
    ]),
  );
}

/** The register has words for some kinds only. */
const KINDS_ON_FILE: readonly string[] = [
  "hospital-gate",
  "station",
  "tourist",
  "factory",
  "village",
];

function sinceOf({ opened, suspendedFrom }: Store, firstDay: ShanghaiDay): ShanghaiDay {
  return suspendedFrom ?? (opened > 0 ? opened : firstDay - 700);
}

/** A reimbursement ceiling stands a good third above what is usual. */
const CEILING = 1.35;

function drugs({ catalogue }: World): string {
  return table(DRUG_COLUMNS, catalogue.drugs.map(drugRow));
}

function drugRow(drug: Drug): readonly Cell[] {
  const flag = (value: boolean | undefined) => (value ? 1 : 0);
  const isSold = drug.setting !== "inpatient" && !drug.prefix.startsWith("C");
  return [
    drug.prefix,
    drug.name,
    flag(drug.prescription),
    drug.sex,
    drug.minAge,
    drug.maxAge,
    drug.packUnits,
    drug.dailyUnits,
    isSold ? (drug.price * CEILING).toFixed(2) : undefined,
    flag(drug.traceExempt),
    flag(drug.dualChannel),
    drug.setting,
    LIMITED_TO[drug.key]?.join(";"),
    drug.group,
    isSold ? (drug.price * drug.usualPacks).toFixed(2) : undefined,
  ];
}

/** The four-code query knows most products, not all. */
const KNOWN_ONE_NOT_IN = 7;

function tracePrefixes({ catalogue }: World): string {
  const known = catalogue.products.filter(
    ({ trace }, index) => trace !== "" && index % KNOWN_ONE_NOT_IN !== 3,
  );
  return table(
    ["prefix", "code", "source"],
    known.map(({ trace, code }) => [trace, code, "registry"]),
  );
}

function prescribers({ prescribers: { registry }, firstDay }: World): string {
  const since = dateText(firstDay - 1_500);
  const rows = registry.map(({ id, institution }) => [id, institution, "active", since]);
  return table(["id", "institution", "status", "since"], rows);
}

/** What guidelines give together. */
const COMBINATIONS = table(
  ["code", "other", "note"],
  [
    ["XB01ACA056", "XB01ACL190", "aspirin and clopidogrel after a stent"],
    ["XA10AE", "XA10AD", "basal and premixed insulin"],
  ],
);

function filings({ people, firstDay }: World): string {
  const from = dateText(firstDay - 200);
  const rows = people.flatMap(({ number, regimens }) =>
    regimens
      .filter(({ product }) => product.drug.dualChannel)
      .map(({ product }) => [number, product.drug.prefix, from, ""]),
  );
  return table(["person", "code", "from", "to"], rows);
}

const EVE_DAYS = 10;

function calendar({ calendar: { holidays } }: World): string {
  const rows = holidays.map(({ name, from, to }) => [
    name,
    dateText(from - EVE_DAYS),
    dateText(to),
  ]);
  return table(["name", "from", "to"], rows);
}

const AREAS = table(
  ["area", "name", "neighbours"],
  [["2199", "the province's own insurance", "2101"]],
);

function listsOf(world: World): Map<string, Listed[]> {
  const lists = new Map<string, Listed[]>();
  const add = (row: Listed) => addTo(lists, row.list, row);
  for (const row of world.listed) add(row);
  for (const { code, codeless } of world.stores) {
    for (const key of codeless) {
      const id = `${code}:${world.catalogue.drug(key).prefix}`;
      add({ list: "no-code-stock", id });
    }
  }
  for (const { number, worksAt } of world.people) {
    const store = world.stores[worksAt ?? -1];
    if (store !== undefined) add({ list: "employees", id: `${store.code}:${number}` });
  }
  for (const { idNumber, fetchesFor } of world.people) {
    if (fetchesFor.length > 1) add({ list: "family-account", id: idNumber });
  }
  return lists;
}

function listFile(rows: readonly Listed[]): string {
  const unique = new Map(rows.map((row) => [`${row.id} ${row.from} ${row.to}`, row]));
  const day = (value: ShanghaiDay | undefined) => (value === undefined ? "" : dateText(value));
  return table(
    ["id", "from", "to", "source", "note"],
    [...unique.values()].map(({ id, from, to }) => [id, day(from), day(to), "simulated", ""]),
  );
}
