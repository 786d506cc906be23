import { createHash } from "node:crypto";
import type { Bytes } from "../units.ts";
import type { DrugIdentity } from "./bundle.ts";

/**
 * How the counters name a drug in five bytes: four of SHA-256(molecule), so that all forms of a
 * molecule share them, and one for the form. Two molecules out of 20,000 share four bytes with a
 * chance of about 5 %; that no two *listed* codes do is asserted when the bundle is loaded.
 */
export function drugKeyOf(identity: DrugIdentity): Bytes {
  const molecule = createHash("sha256").update(identity.molecule).digest().toString("latin1", 0, 4);
  return molecule + String.fromCharCode(formByte(identity.form));
}

/** Western forms end in a letter and three digits, patent products in a letter and four (domain 2.1). */
const NUMBERED_FORM = /^(?:X.{9}|Z.{5})([A-Z])(\d{3,4})$/;
const FIRST_LETTER = "A".charCodeAt(0);

/**
 * Letter and number folded rather than hashed: forms of one molecule have near numbers, and near
 * numbers never meet, where a hashed byte would let two of eight forms meet in one case of ten.
 */
function formByte(form: string): number {
  const parts = NUMBERED_FORM.exec(form);
  if (parts === null) return createHash("sha256").update(form).digest().readUInt8(0);
  const letter = (parts[1] ?? "A").charCodeAt(0) - FIRST_LETTER;
  return (letter * 37 + Number(parts[2])) % 256;
}

/** Remembers keys, so that a line costs a look-up and not a digest. */
export interface DrugKeys {
  keyOf(identity: DrugIdentity): Bytes;
}

/** More drugs than a city's pharmacies sell in a day; forgets all when full. */
const DRUG_KEYS_MAX = 20_000;

export function createDrugKeys(limit = DRUG_KEYS_MAX): DrugKeys {
  const keys = new Map<string, Bytes>();
  return {
    keyOf(identity) {
      // A form belongs to one class, and with its molecule it is the whole identity.
      const name = `${identity.molecule} ${identity.form}`;
      const known = keys.get(name);
      if (known !== undefined) return known;
      const key = drugKeyOf(identity);
      if (keys.size >= limit) keys.clear();
      keys.set(name, key);
      return key;
    },
  };
}
