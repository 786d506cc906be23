/** Kinds of goods by NHSA's code (domain 2.1). `slice` covers formula granules too: both are T codes. */
export type DrugClass = "western" | "patent" | "slice" | "consumable" | "preparation" | "unknown";

export interface DrugCode {
  readonly drugClass: DrugClass;
  /** What is one substance: western the first 10 characters, patent the first 11, slices whole. */
  readonly molecule: string;
  /** What is counted in packs: western the first 14 characters, patent the first 11. */
  readonly form: string;
  /** Western only: ATC-like class, characters 2 to 6 (`atc4` of domain 2.1). */
  readonly atc4?: string;
  /** Western only: letter of the dosage form; B is an injection. */
  readonly dosageLetter?: string;
}

/** Full codes and the short forms of the watchlist (domain 2.1); after the form come pack and company. */
const SHAPES: readonly (readonly [DrugClass, RegExp])[] = [
  ["western", /^X[A-Z]\d{2}[A-Z]{2}[A-Z]\d{3}[A-Z]\d{3}(?:\d{9})?$/],
  ["patent", /^Z[A-Z]\d{2}[A-Z]{2}[A-Z]\d{4}(?:\d{9})?$/],
  ["slice", /^T\d{9}$/],
  ["slice", /^T[0-9A-Z]{19}$/],
  ["consumable", /^C\d{14}(?:\d{5})?(?:\d{7})?$/],
  ["preparation", /^J[0-9A-Z]{15}$/],
];

/**
 * Never fails: provinces still carry local codes for goods outside the catalogue, so a code of
 * no known shape is `unknown` and stands for itself (domain 2.1: never deny on format alone).
 */
export function readDrugCode(code: string): DrugCode {
  const written = code.trim().toUpperCase();
  const drugClass = SHAPES.find(([, shape]) => shape.test(written))?.[0] ?? "unknown";
  switch (drugClass) {
    case "western":
      return {
        drugClass,
        molecule: written.slice(0, 10),
        form: written.slice(0, 14),
        atc4: written.slice(1, 6),
        dosageLetter: written.slice(10, 11),
      };
    case "patent":
      return whole(drugClass, written.slice(0, 11));
    case "consumable":
      return whole(drugClass, written.slice(0, 15));
    case "slice":
    case "preparation":
    case "unknown":
      return whole(drugClass, written);
  }
}

function whole(drugClass: DrugClass, code: string): DrugCode {
  return { drugClass, molecule: code, form: code };
}
