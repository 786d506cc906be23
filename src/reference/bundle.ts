import type { Bytes, EpochMs, Fen, ShanghaiDay } from "../units.ts";

/** One frozen, hashed set of reference files: loaded whole or not at all. */
export interface ReferenceBundle {
  /** `sha256:` over the canonical content of all files. */
  readonly hash: string;
  /** What the hash is made of, by name. */
  readonly files: readonly LoadedFile[];
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
  /**
   * What the reference data say of a drug remembered by its key: what the listed codes of its form
   * agree on, else its molecule's row, else its class's. undefined when nothing is listed.
   */
  drugOfKey(key: Bytes): RememberedDrug | undefined;
  /** The drug code (or its beginning) that a trace code's first 7 digits stand for. */
  tracePrefix(product: string): TracePrefixEntry | undefined;
  /** False without a prescribers.csv that says it is the whole register: then nobody can be called unknown. */
  readonly knowsPrescribers: boolean;
  /** `id` is a pseudonym; undefined for one who is not in prescribers.csv. */
  prescriber(id: string): PrescriberEntry | undefined;
  /** Whether two molecules (first five bytes of their keys) are taken together by the book (combinations.csv). */
  combines(molecule: Bytes, other: Bytes): boolean;
  /** False when there is no filings.csv. */
  readonly knowsFilings: boolean;
  /**
   * Whether this person (a pseudonym) has a filing for the drug on that day. True also for a drug
   * that no row of filings.csv names, because of that one no filings are kept.
   */
  filed(person: string, drug: string, day: ShanghaiDay): boolean;
  /** Names of the calendar's periods in force (calendar.csv), for instance spring-festival. */
  periods(day: ShanghaiDay): readonly string[];
  /** Whether two areas count as one neighbourhood: same prefecture, or neighbours by areas.csv. */
  isNear(area: string, other: string): boolean;
}

/** A file of the folder, as it was loaded. */
export interface LoadedFile {
  /** Inside the folder: `drugs.csv`, `lists/deceased.csv`. */
  readonly name: string;
  /** Over its canonical content; of a file with ids it is a keyed digest, so that it cannot be used to try out ids. */
  readonly digest: string;
  readonly rows: number;
}

export interface RememberedDrug {
  readonly watched: boolean;
  readonly prescription: boolean;
  readonly dualChannel: boolean;
  readonly sex?: "1" | "2";
  readonly minAge?: number;
  readonly maxAge?: number;
}

export interface TracePrefixEntry {
  /** Drug code or its beginning. */
  readonly drug: string;
  /** `registry` (the four-code query, ZSMCJ003) or `learned`. */
  readonly source: string;
}

export interface PrescriberEntry {
  readonly institution?: string;
  readonly status: "active" | "suspended" | "ended";
  /** First Shanghai day on which the status holds. */
  readonly since?: ShanghaiDay;
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
  /** For instance hospital-gate, station, campus: overlays of the policy go by it. */
  readonly kind?: string;
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
