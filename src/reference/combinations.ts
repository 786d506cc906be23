import type { Bytes } from "../units.ts";
import type { DrugIdentity } from "./bundle.ts";
import { atc4, drugKeyOf, molecule } from "./drug-key.ts";
import { DRUG_CODE, DRUG_CODE_FORM } from "./drugs.ts";
import type { LoadingContext, LoadingRow } from "./loading.ts";
import { loadRows } from "./loading.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: ["code", "other", "note"],
  required: ["code", "other"],
};
const ROWS_MAX = 100_000;
/** A western class or its beginning: X, XA10, XA10AE. */
const CLASS = /^X(?:[A-Z](?:\d(?:\d[A-Z]{0,2})?)?)?$/;
/** A western molecule without its form; shorter than that it is no whole name. */
const WESTERN_MOLECULE = /^X[A-Z]\d{2}[A-Z]{2}[A-Z]\d{3}$/;
const WESTERN_MOLECULE_LENGTH = 10;

/** Two codes as the file has them. */
export interface Combination {
  readonly code: string;
  readonly other: string;
}

/** Medicines the book takes together: each side a western class, or a code long enough to name a medicine. */
export function* loadCombinations(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, readonly Combination[]> {
  const pairs: Combination[] = [];
  yield* loadRows(file, SHAPE, context, (row) => {
    const [c = "", o = ""] = row.values;
    const code = readSide("code", c, row);
    const other = readSide("other", o, row);
    if (code === undefined || other === undefined) return;
    if (pairs.length === ROWS_MAX) row.report(`the file has more than ${ROWS_MAX} rows`);
    if (pairs.length < ROWS_MAX) pairs.push({ code, other });
  });
  return pairs;
}

function readSide(column: string, written: string, { read, report }: LoadingRow) {
  const value = written.toUpperCase();
  const code = read.required(column, value, read.text(column, value, DRUG_CODE, DRUG_CODE_FORM));
  if (code === undefined || !code.startsWith("X") || CLASS.test(code)) return code;
  if (code.length >= WESTERN_MOLECULE_LENGTH) return code;
  report(`${column} must be a class of at most 6 characters or a medicine of at least 10`);
  return undefined;
}

/** Says of two molecules (first five bytes of their keys) whether a pair of the file names both. */
export function combinationsOf(
  pairs: readonly Combination[],
  identify: (code: string) => DrugIdentity,
): (one: Bytes, other: Bytes) => boolean {
  const partners = new Map<string, Set<string>>();
  const add = (side: string, partner: string) => {
    const known = partners.get(side) ?? new Set<string>();
    partners.set(side, known.add(partner));
  };
  for (const { code, other } of pairs) {
    const sides = [sideOf(code, identify), sideOf(other, identify)] as const;
    add(sides[0], sides[1]);
    add(sides[1], sides[0]);
  }
  if (partners.size === 0) return () => false;
  return (one, other) => {
    const others = sidesOf(other);
    return sidesOf(one).some((side) => {
      const known = partners.get(side);
      return known !== undefined && others.some((each) => known.has(each));
    });
  };
}

function sideOf(code: string, identify: (code: string) => DrugIdentity): string {
  if (CLASS.test(code)) return `class ${code}`;
  return `molecule ${moleculeOf(code, identify)}`;
}

/** A molecule's own name, and its class with all the beginnings of that. */
function sidesOf(key: Bytes): readonly string[] {
  const western = atc4(key);
  const classes = western === undefined ? [] : beginnings(`X${western}`);
  return [`molecule ${key}`, ...classes.map((each) => `class ${each}`)];
}

function beginnings(code: string): readonly string[] {
  return Array.from(code, (_, at) => code.slice(0, at + 1));
}

/** First five bytes of the key of a code that names at least a molecule. */
export function moleculeOf(code: string, identify: (code: string) => DrugIdentity): Bytes {
  return molecule(drugKeyOf(isWesternMolecule(code) ? wholeMolecule(code) : identify(code)));
}

export function isWesternMolecule(code: string): boolean {
  return WESTERN_MOLECULE.test(code);
}

function wholeMolecule(code: string): DrugIdentity {
  return { drugClass: "western", molecule: code, form: code };
}
