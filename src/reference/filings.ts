import type { ShanghaiDay } from "../units.ts";
import { createDigestListBuilder } from "./digest-list.ts";
import { DRUG_CODE, DRUG_CODE_FORM } from "./drugs.ts";
import type { LoadingContext } from "./loading.ts";
import { loadRows } from "./loading.ts";
import { readPeriod } from "./periods.ts";
import { createPrefixTable, remember } from "./prefix-table.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: ["person", "code", "from", "to"],
  required: ["person", "code"],
};
/** Drugs whose beginnings are remembered: more than a city's pharmacies sell. */
const CODES_REMEMBERED_MAX = 20_000;
const PERSON = /^.{1,50}$/su;

/** Who has a filing (备案) for which drug, and when. */
export interface Filings {
  /** `person` is a pseudonym. True also for a drug that no row names: of that one no filings are kept. */
  filed(person: string, drug: string, day: ShanghaiDay): boolean;
}

/** A person may stand on several rows: several drugs, several periods. `code` is a drug or its beginning. */
export function* loadFilings(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, Filings> {
  const builder = createDigestListBuilder();
  const codes = new Map<string, true>();
  yield* loadRows(file, SHAPE, context, (row) => {
    const { read } = row;
    const [p = "", written = "", from = "", to = ""] = row.values;
    const c = written.toUpperCase();
    const person = read.required(
      "person",
      p,
      read.text("person", p, PERSON, "at most 50 characters"),
    );
    const code = read.required("code", c, read.text("code", c, DRUG_CODE, DRUG_CODE_FORM));
    const period = readPeriod(from, to, row);
    if (person === undefined || code === undefined || period === undefined) return;
    codes.set(code, true);
    builder.add(idOf(context.pseudonymise.person(person), code), period);
  });
  const digests = yield* builder.build();
  const beginningsOf = remember(CODES_REMEMBERED_MAX, createPrefixTable(codes).beginningsOf);
  return {
    filed(person, drug, day) {
      const beginnings = beginningsOf(drug);
      if (beginnings.length === 0) return true;
      return beginnings.some((code) => digests.holds(idOf(person, code), day));
    },
  };
}

function idOf(person: string, code: string): string {
  return `${person}:${code}`;
}
