import type { EpochMs, Fen, ShanghaiDay } from "../units.ts";

/** One frozen, hashed set of reference files: loaded whole or not at all. */
export interface ReferenceBundle {
  /** `sha256:` over the canonical content of all files. */
  readonly hash: string;
  readonly loadedAt: EpochMs;
  /** Files and lists of the contract that the folder does not have; an absent list is empty. */
  readonly notInstalled: readonly string[];
  /** False when there is no pharmacies.csv: then no pharmacy can be called undesignated. */
  readonly knowsPharmacies: boolean;
  pharmacy(code: string): PharmacyEntry | undefined;
  /** The entry with the longest matching prefix. */
  drug(code: string): DrugEntry | undefined;
  /** What is counted together; total: every code has one, known or not. */
  identify(code: string): DrugIdentity;
  watched(code: string): WatchEntry | undefined;
  /**
   * `id` is what the list holds after loading: a pseudonym (base64url), `pharmacy:pseudonym`
   * for employees. False for a list that is not installed.
   */
  listed(list: ListName, id: string, day: ShanghaiDay): boolean;
  /** The list no-code-stock: longest prefix of the drug at this pharmacy. */
  isNoCodeStock(pharmacy: string, drug: string, day: ShanghaiDay): boolean;
  listSize(list: ListName): number;
}

export const LIST_NAMES = [
  "deceased",
  "inpatient",
  "settlement-stopped",
  "dishonest",
  "lost-credential",
  "suspended-staff",
  "suspended-prescriber",
  "employees",
  "care-institution",
  "family-account",
  "no-code-stock",
  "exempt-employer",
  "dealers",
] as const;
export type ListName = (typeof LIST_NAMES)[number];

export interface PharmacyEntry {
  readonly code: string;
  readonly area: string;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly status: "active" | "suspended" | "ended";
  /** First Shanghai day on which the status holds. */
  readonly since?: ShanghaiDay;
  /** Minutes after midnight; both absent: open all day. */
  readonly opens?: number;
  readonly closes?: number;
  readonly tills?: number;
}

export interface DrugEntry {
  readonly code: string;
  readonly name: string;
  readonly prescription: boolean;
  readonly sex?: "1" | "2";
  readonly minAge?: number;
  readonly maxAge?: number;
  /** Tablets (or the like) in a pack. */
  readonly packUnits?: number;
  /** Usual units a day. */
  readonly dailyUnits?: number;
  readonly ceilingPrice?: Fen;
  readonly traceExempt: boolean;
  readonly dualChannel?: boolean;
  readonly setting?: string;
  readonly diseases?: readonly string[];
  readonly group?: string;
  readonly areaMedian?: Fen;
}

export type DrugClass = "western" | "patent" | "slice" | "consumable" | "preparation" | "unknown";

export interface DrugIdentity {
  readonly drugClass: DrugClass;
  /** Western: the first 10 characters; patent: its synonym group; slices: the whole code. */
  readonly molecule: string;
  /** Western: the first 14 characters; patent: the first 11. Packs are counted by this. */
  readonly form: string;
}

export interface WatchEntry {
  readonly list: string;
  readonly rank: number;
  readonly code: string;
  readonly name: string;
}
