import { createHash } from "node:crypto";
import type { Bytes } from "../units.ts";
import type { DrugClass, DrugIdentity } from "./bundle.ts";

/**
 * How the counters name a drug in six bytes: three for its class, two for its name within the class, one for the form.
 * All forms of a molecule share the first five.
 *
 * Western and patent codes are packed, not hashed, so that a therapeutic class can be read back from a ledger, and two
 * western molecules are never one. A patent medicine is packed by its synonym group's smallest product. Everything
 * else is a digest of 37 bits. That no two *listed* codes share a key is asserted when the bundle is loaded.
 */
export function drugKeyOf({ drugClass, molecule, form }: DrugIdentity): Bytes {
  const digest = createHash("sha256").update(molecule).digest();
  const key = Buffer.allocUnsafe(KEY_LENGTH);
  key.writeUIntBE(
    packedClass(drugClass, molecule) ?? digestedClass(drugClass, digest),
    0,
    CLASS_LENGTH,
  );
  key.writeUInt16BE(
    packedName(drugClass, molecule) ?? digest.readUInt16BE(CLASS_LENGTH),
    CLASS_LENGTH,
  );
  key.writeUInt8(formByte(form), MOLECULE_LENGTH);
  return key.toString("latin1");
}

const KEY_LENGTH = 6;
const MOLECULE_LENGTH = 5;
const CLASS_LENGTH = 3;
/** The class of goods takes the upper three bits; the place of a class never changes, or ledgers would be misread. */
const CLASS_TAGS: readonly DrugClass[] = [
  "western",
  "patent",
  "slice",
  "consumable",
  "preparation",
  "unknown",
];
const CLASS_VALUES = 2 ** 21;
const NAME_VALUES = 2 ** 16;
const FIRST_LETTER = "A".charCodeAt(0);
const LETTERS = 26;
const NUMBERS = 100;

/** Class letter, two digits and two letters (domain 2.1): 26 * 100 * 26 * 26 = 1,757,600 classes fit 21 bits. */
const CLASSIFIED = /^[XZ]([A-Z])(\d\d)([A-Z])([A-Z])/;

function packedClass(drugClass: DrugClass, molecule: string): number | undefined {
  if (!hasTherapeuticClass(drugClass)) return undefined;
  const [, area, number, group, sort] = CLASSIFIED.exec(molecule) ?? [];
  if (area === undefined || group === undefined || sort === undefined) return undefined;
  const place = letter(area) * NUMBERS + Number(number);
  const packed = (place * LETTERS + letter(group)) * LETTERS + letter(sort);
  return CLASS_TAGS.indexOf(drugClass) * CLASS_VALUES + packed;
}

function hasTherapeuticClass(drugClass: DrugClass | undefined): drugClass is "western" | "patent" {
  return drugClass === "western" || drugClass === "patent";
}

/** Never read as a therapeutic class: such goods have none. */
function digestedClass(drugClass: DrugClass, digest: Buffer): number {
  const tag = CLASS_TAGS.indexOf(hasTherapeuticClass(drugClass) ? "unknown" : drugClass);
  return tag * CLASS_VALUES + (digest.readUIntBE(0, CLASS_LENGTH) % CLASS_VALUES);
}

/** Behind the class: the name's initial and its running number. */
const NUMBERED_NAME = /^[XZ].{5}([A-Z])(\d{3,4})$/;
/**
 * Names are numbered within their initial: three digits for western ones, so 26,000 names are exact. Patent ones have
 * four, of which the catalogue uses fewer than a thousand; up to 2,519 they are exact too, beyond that two may meet.
 */
const NAMES_AN_INITIAL = { western: 1_000, patent: 2_520 } as const;

function packedName(drugClass: DrugClass, molecule: string): number | undefined {
  if (!hasTherapeuticClass(drugClass)) return undefined;
  const [, initial, serial] = NUMBERED_NAME.exec(molecule) ?? [];
  if (initial === undefined) return undefined;
  return (letter(initial) * NAMES_AN_INITIAL[drugClass] + Number(serial)) % NAME_VALUES;
}

function letter(of: string): number {
  return of.charCodeAt(0) - FIRST_LETTER;
}

/** What all forms of one drug share: the first five bytes of its key. */
export function molecule(key: Bytes): Bytes {
  return key.slice(0, MOLECULE_LENGTH);
}

/**
 * Letter and number of the class (ATC level 2, for instance C10); a patent medicine's is of NHSA's own list and begins
 * with its Z (ZA12), so that the two never mix. Undefined for what has no therapeutic class.
 */
export function therapeuticGroup(key: Bytes): string | undefined {
  const drugClass = classTag(key);
  if (!hasTherapeuticClass(drugClass)) return undefined;
  return `${drugClass === "patent" ? "Z" : ""}${classCode(key).slice(0, 3)}`;
}

/** The five characters of a western drug's class, for instance C10AA; undefined for other goods. */
export function atc4(key: Bytes): string | undefined {
  return isWestern(key) ? classCode(key) : undefined;
}

/** Whether its class can be read back as a western drug's. */
export function isWestern(key: Bytes): boolean {
  return classTag(key) === "western";
}

function classTag(key: Bytes): DrugClass | undefined {
  return CLASS_TAGS[Math.floor(packedBytes(key) / CLASS_VALUES)];
}

function packedBytes(key: Bytes): number {
  return (key.charCodeAt(0) << 16) | (key.charCodeAt(1) << 8) | key.charCodeAt(2);
}

const ZERO = "0".charCodeAt(0);

function classCode(key: Bytes): string {
  const sort = packedBytes(key) % CLASS_VALUES;
  const group = Math.floor(sort / LETTERS);
  const area = Math.floor(group / LETTERS);
  const number = area % NUMBERS;
  return String.fromCharCode(
    FIRST_LETTER + Math.floor(area / NUMBERS),
    ZERO + Math.floor(number / 10),
    ZERO + (number % 10),
    FIRST_LETTER + (group % LETTERS),
    FIRST_LETTER + (sort % LETTERS),
  );
}

/** Western forms end in a letter and three digits, patent products in a letter and four (domain 2.1). */
const NUMBERED_FORM = /^(?:X.{9}|Z.{5})([A-Z])(\d{3,4})$/;

/**
 * Letter and number folded rather than hashed: forms of one molecule have near numbers, and near
 * numbers never meet, where a hashed byte would let two of eight forms meet in one case of ten.
 */
function formByte(form: string): number {
  const parts = NUMBERED_FORM.exec(form);
  if (parts === null) return createHash("sha256").update(form).digest().readUInt8(0);
  return (letter(parts[1] ?? "A") * 37 + Number(parts[2])) % 256;
}

/** Remembers keys, so that a line costs a look-up and not a digest. */
export interface DrugKeys {
  keyOf(identity: DrugIdentity): Bytes;
}

/** More drugs than a city's pharmacies sell in a day; forgets all when full. */
const DRUG_KEYS_MAX = 20_000;

export function createDrugKeys(limit = DRUG_KEYS_MAX): DrugKeys {
  // The bundle gives a code the same identity again: to join its parts into a name took longer than all else here.
  const keys = new Map<DrugIdentity, Bytes>();
  return {
    keyOf(identity) {
      const known = keys.get(identity);
      if (known !== undefined) return known;
      const key = drugKeyOf(identity);
      if (keys.size >= limit) keys.clear();
      keys.set(identity, key);
      return key;
    },
  };
}
