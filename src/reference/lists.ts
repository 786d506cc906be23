import type { ShanghaiDay } from "../units.ts";
import type { ListName } from "./bundle.ts";
import type { DigestList } from "./digest-list.ts";
import { createDigestListBuilder } from "./digest-list.ts";
import type { ListPseudonyms } from "./list-pseudonyms.ts";
import type { LoadingContext, LoadingRow } from "./loading.ts";
import { loadRows } from "./loading.ts";
import type { Period } from "./periods.ts";
import { holds, readPeriod } from "./periods.ts";
import type { PrefixTable } from "./prefix-table.ts";
import { createPrefixTable } from "./prefix-table.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: ["id", "from", "to", "source", "note"],
  required: ["id"],
};

/** The contract's longest id is 50 characters; an employer's name may have 200. */
const ID_LENGTH_MAX = 200;

/** Lists whose ids become digests; no-code-stock alone names goods and stays clear. */
type PersonalList = Exclude<ListName, "no-code-stock">;

/**
 * What each id is compared with (contract section 7): one digest a domain, because the file does
 * not say which kind of number it has. undefined: the id does not have the list's form.
 */
const DIGESTS: Readonly<
  Record<PersonalList, (id: string, as: ListPseudonyms) => readonly string[] | undefined>
> = {
  deceased: personOrIdNumber,
  inpatient: personOrIdNumber,
  "settlement-stopped": personOrIdNumber,
  dishonest: personOrIdNumber,
  "lost-credential": (id, as) => [as.credential(id), as.card(id)],
  "suspended-staff": (id, as) => [as.staff(id)],
  "suspended-prescriber": (id, as) => [as.prescriber(id)],
  employees: (id, as) => {
    const parts = splitAtPharmacy(id);
    return parts && [`${parts.pharmacy}:${as.person(parts.rest)}`];
  },
  "care-institution": (id, as) => [as.agent(id)],
  "family-account": (id, as) => [as.agent(id)],
  "exempt-employer": (id, as) => [as.employer(id)],
  dealers: (id, as) => [as.person(id), as.idNumber(id), as.agent(id)],
};

function personOrIdNumber(id: string, as: ListPseudonyms): readonly string[] {
  return [as.person(id), as.idNumber(id)];
}

/** A list after loading: whom it holds, and how many rows the file had. */
export interface PersonalListEntries {
  readonly rows: number;
  readonly digests: DigestList;
}

export function* loadPersonalList(
  file: ReferenceFile,
  name: PersonalList,
  context: LoadingContext,
): Generator<void, PersonalListEntries> {
  const builder = createDigestListBuilder();
  const digests = DIGESTS[name];
  let rows = 0;
  yield* loadRows(file, SHAPE, context, (row) => {
    const entry = readListRow(row);
    if (entry === undefined) return;
    const ids = digests(entry.id, context.pseudonymise);
    if (ids === undefined) row.report("id must be pharmacyCode:personNumber");
    for (const id of ids ?? []) builder.add(id, entry.period);
    rows += 1;
  });
  return { rows, digests: yield* builder.build() };
}

/** Stock bought before trace codes were due, as a prefix table a pharmacy. */
export interface NoCodeStock {
  readonly rows: number;
  holds(pharmacy: string, drug: string, day: ShanghaiDay): boolean;
}

export const NO_STOCK: NoCodeStock = { rows: 0, holds: () => false };

export function* loadNoCodeStock(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, NoCodeStock> {
  const stocks = new Map<string, Map<string, Period[]>>();
  let rows = 0;
  yield* loadRows(file, SHAPE, context, (row) => {
    const entry = readListRow(row);
    if (entry === undefined) return;
    const parts = splitAtPharmacy(entry.id);
    if (parts === undefined) row.report("id must be pharmacyCode:drugCode");
    else addPeriod(stocks, parts.pharmacy, parts.rest.toUpperCase(), entry.period);
    rows += 1;
  });
  const tables = new Map<string, PrefixTable<readonly Period[]>>();
  for (const [pharmacy, stock] of stocks) tables.set(pharmacy, createPrefixTable(stock));
  return {
    rows,
    holds: (pharmacy, drug, day) =>
      (tables.get(pharmacy)?.find(drug) ?? []).some((period) => holds(period, day)),
  };
}

function addPeriod(
  stocks: Map<string, Map<string, Period[]>>,
  pharmacy: string,
  drug: string,
  period: Period,
): void {
  const stock = stocks.get(pharmacy) ?? new Map<string, Period[]>();
  stocks.set(pharmacy, stock);
  const periods = stock.get(drug) ?? [];
  stock.set(drug, periods);
  periods.push(period);
}

interface ListEntry {
  readonly id: string;
  readonly period: Period;
}

/** An id may stand on several rows: two sources, or two periods. */
function readListRow({ values, read, report }: LoadingRow): ListEntry | undefined {
  const [id = "", from = "", to = ""] = values;
  const period = readPeriod(from, to, { read, report });
  if (id === "") report("id is empty");
  if (id.length > ID_LENGTH_MAX) report(`id is longer than ${ID_LENGTH_MAX} characters`);
  if (period === undefined || id === "" || id.length > ID_LENGTH_MAX) return undefined;
  return { id, period };
}

function splitAtPharmacy(
  id: string,
): { readonly pharmacy: string; readonly rest: string } | undefined {
  const colon = id.indexOf(":");
  if (colon <= 0 || colon === id.length - 1) return undefined;
  return { pharmacy: id.slice(0, colon), rest: id.slice(colon + 1) };
}
