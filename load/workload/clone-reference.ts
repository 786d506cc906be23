import { LIST_NAMES, type ListName } from "../../src/reference/bundle.ts";
import { LISTED_PASSES, PHARMACY_LETTERS, type PreparedSale } from "./prepared.ts";
import { cloneId, cloneIdNumber, clonePerson, slotValue } from "./slots.ts";

/** Entries a list has at least: those of the city are few, and a list is looked up in whatever its size. */
const LIST_ENTRIES_MIN = 3_000;
const PASSES = Array.from({ length: LISTED_PASSES }, (_, pass) => pass);
const LETTERS = [...PHARMACY_LETTERS];
const PERSON = /^\d{20}$/;
const ID_NUMBER = /^\d{17}[\dX]$/;
const LIST_HEADER = "id,from,to,source,note";

/** The city's reference files for all the copies of its pharmacies and the first copies of its persons. */
export function cloneReference(
  files: ReadonlyMap<string, string>,
  sales: readonly PreparedSale[],
): ReadonlyMap<string, string> {
  const seen = new Seen(sales);
  const cloned = new Map(files);
  const rewrite = (name: string, rowsOf: (row: string) => readonly string[]) => {
    const [header = "", ...rows] = (files.get(name) ?? "").trimEnd().split("\n");
    cloned.set(name, text([header, ...rows.flatMap(rowsOf)]));
  };
  rewrite("pharmacies.csv", (row) => LETTERS.map((letter) => letter + row.slice(1)));
  rewrite("filings.csv", (row) => withIds(row, (id) => seen.copiesOf(id)));
  for (const list of LIST_NAMES) {
    const name = `lists/${list}.csv`;
    const rows = (files.get(name) ?? LIST_HEADER).trimEnd().split("\n").slice(1);
    const copies = rows.flatMap((row) => withIds(row, (id) => copiesOnList(list, id, seen)));
    cloned.set(name, text([LIST_HEADER, ...padded(list, copies)]));
  }
  return cloned;
}

function text(rows: readonly string[]): string {
  return `${rows.join("\n")}\n`;
}

/** The row for each of the ids that its first cell becomes. */
function withIds(row: string, idsOf: (id: string) => readonly string[]): readonly string[] {
  const comma = row.indexOf(",");
  return idsOf(row.slice(0, comma)).map((id) => id + row.slice(comma));
}

function copiesOnList(list: ListName, id: string, seen: Seen): readonly string[] {
  switch (list) {
    case "suspended-staff":
    case "suspended-prescriber":
    case "exempt-employer":
      return [id];
    case "no-code-stock":
      return LETTERS.map((letter) => letter + id.slice(1));
    case "employees":
      return seen.employees(id);
    default:
      return seen.copiesOf(id);
  }
}

/** Who comes where in the sales. */
class Seen {
  /** The person's number in the city, and the numbers of its variants. */
  readonly #variants = new Map<string, Set<string>>();
  readonly #visits = new Map<string, { readonly number: string; readonly clone: number }>();

  constructor(sales: readonly PreparedSale[]) {
    for (const { check, form, pharmacy, clone } of sales) {
      const number = slotValue(personOf(check, form));
      const own = `${number.slice(0, 10)}00${number.slice(12)}`;
      const variants = this.#variants.get(own) ?? new Set();
      this.#variants.set(own, variants.add(number));
      this.#visits.set(`${pharmacy}:${own}`, { number, clone });
    }
  }

  /** A person's number, an identity number or any other id in every listed copy. */
  copiesOf(id: string): readonly string[] {
    if (PERSON.test(id))
      return [...(this.#variants.get(id) ?? [])].flatMap((number) =>
        PASSES.map((pass) => clonePerson(number, pass)),
      );
    const clone = ID_NUMBER.test(id) ? cloneIdNumber : cloneId;
    return PASSES.map((pass) => clone(id, pass));
  }

  /** `pharmacy:person`, of those who buy where they work. */
  employees(id: string): readonly string[] {
    const visit = this.#visits.get(id);
    if (visit === undefined) return [];
    const pharmacy = id.slice(1, id.indexOf(":"));
    return PASSES.map((pass) => {
      const letter = LETTERS[(visit.clone + pass) % LETTERS.length];
      return `${letter}${pharmacy}:${clonePerson(visit.number, pass)}`;
    });
  }
}

function personOf(check: PreparedSale["check"], form: PreparedSale["form"]): string {
  if (form === "native") return (check as { person: { number: string } }).person.number;
  return (check as { input: { druginfo: { psn_no: string } } }).input.druginfo.psn_no;
}

/** Filled up with ids of the list's form that no swipe of the traffic has. */
function padded(list: ListName, rows: readonly string[]): readonly string[] {
  const more = Array.from({ length: Math.max(0, LIST_ENTRIES_MIN - rows.length) }, (_, index) => {
    const id = `${STRANGERS[list] ?? "STRANGER"}-${String(index).padStart(6, "0")}`;
    return `${id},,,made up,`;
  });
  return [...rows, ...more];
}

/** Where an id has two parts, the first of them and the colon. */
const STRANGERS: Partial<Record<ListName, string>> = {
  employees: "P99999999999:STRANGER",
  "no-code-stock": "P99999999999:XX99ZZZ999Z999",
};
