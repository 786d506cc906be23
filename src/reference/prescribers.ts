import { present } from "../swipe/present.ts";
import type { PrescriberEntry } from "./bundle.ts";
import { createDigestTableBuilder } from "./digest-table.ts";
import type { LoadingContext, LoadingRow } from "./loading.ts";
import { loadRows } from "./loading.ts";
import { STATUSES } from "./pharmacies.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: ["id", "institution", "status", "since"],
  required: ["id", "status"],
};
/** In the place of an id: the file is a part of the register, so whoever is not in it is not unknown. */
const EVERYONE_ELSE = "*";
const ID = /^.{1,50}$/su;
const INSTITUTION = /^.{1,100}$/su;

export interface Prescribers {
  /** Whether whoever is not in the file is unknown: as with pharmacies, unless the file says that it is only a part. */
  readonly isWhole: boolean;
  /** `id` is a pseudonym. */
  find(id: string): PrescriberEntry | undefined;
}

export const NO_PRESCRIBERS: Prescribers = { isWhole: false, find: () => undefined };

/** One row a prescriber and institution: doctors work in several. */
export function* loadPrescribers(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, Prescribers> {
  const table = createDigestTableBuilder();
  const entries = createEntries();
  let isWhole = true;
  yield* loadRows(file, SHAPE, context, (row) => {
    const read = readPrescriber(row);
    if (read === undefined) return;
    if (read.id === EVERYONE_ELSE) isWhole = false;
    else table.add(context.pseudonymise.prescriber(read.id), entries.numberOf(read.entry));
  });
  const built = yield* table.build();
  return {
    isWhole,
    find(id) {
      let best: PrescriberEntry | undefined;
      built.some(id, (number) => {
        best = weightier(best, entries.at(number));
        return false;
      });
      return best;
    },
  };
}

function readPrescriber({
  values,
  read,
}: LoadingRow): { readonly id: string; readonly entry: PrescriberEntry } | undefined {
  const [i = "", inst = "", st = "", day = ""] = values;
  const id = read.required("id", i, read.text("id", i, ID, "at most 50 characters"));
  const status = read.required("status", st, read.oneOf("status", st, STATUSES));
  const institution = read.text("institution", inst, INSTITUTION, "at most 100 characters");
  const since = read.day("since", day);
  if (id === undefined || status === undefined) return undefined;
  return { id, entry: Object.freeze(present({ institution, status, since })) };
}

/** Entries repeat (an institution has many doctors), so each is kept once. */
function createEntries() {
  const entries: PrescriberEntry[] = [];
  const numbers = new Map<string, number>();
  return {
    numberOf(entry: PrescriberEntry): number {
      const key = JSON.stringify([entry.institution, entry.status, entry.since]);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, entries.length);
      entries.push(entry);
      return entries.length - 1;
    },
    at: (number: number) => entries[number],
  };
}

/** A suspension follows the doctor; who has left one institution may be active in another. */
const WEIGHT = { suspended: 2, active: 1, ended: 0 } as const;

function weightier(
  one: PrescriberEntry | undefined,
  other: PrescriberEntry | undefined,
): PrescriberEntry | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const apart = WEIGHT[one.status] - WEIGHT[other.status];
  if (apart !== 0) return apart > 0 ? one : other;
  return (one.since ?? 0) <= (other.since ?? 0) ? one : other;
}
