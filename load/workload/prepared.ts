/** A check with the settlement that followed it in the city, both with slots. One line of bodies.jsonl. */
export interface PreparedSale {
  readonly form: "native" | "nhsa";
  readonly path: string;
  /** The pharmacy's code in the city. */
  readonly pharmacy: string;
  /** Which copy of the pharmacies it comes to in the first pass. */
  readonly clone: number;
  readonly check: MarkedBody;
  readonly settlement?: MarkedBody;
}

/** A body as an object whose texts may be slots. */
export type MarkedBody = { readonly [key: string]: unknown };

/** What the prepared sales are like, on average; shares from 0 to 1. */
export interface Means {
  readonly sales: number;
  readonly lines: number;
  readonly codes: number;
  readonly nhsaShare: number;
  readonly settledShare: number;
  readonly inquiryShare: number;
  readonly persons: number;
  readonly pharmacies: number;
}

/**
 * Copies of the city's pharmacies: 3,000 stores sixteen times are 48,000, a tenth of the nation's, so that a
 * thousand swipes a second meet at a till as seldom as the nation's do.
 */
export const PHARMACY_LETTERS = "PABCDEFGJKLMNQRS";
/** So many copies of the persons are on the reference lists and filings; the later ones are on none. */
export const LISTED_PASSES = 16;

export const BODIES = "bodies.jsonl";
export const MEANS = "means.json";
export const REFERENCE = "reference";
