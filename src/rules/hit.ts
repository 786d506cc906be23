import type { FeatureValue } from "../features/vector.ts";
import type { Level } from "../swipe/vocabulary.ts";

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** What a rule says of a swipe, in the shape of the contract (section 2). */
export interface Hit {
  readonly rule: string;
  /** The level in force: `warn` when cleared. */
  readonly level: Level;
  readonly category: string;
  readonly name: Bilingual;
  readonly message: Bilingual;
  /** What was seen and the limit. */
  readonly evidence: Readonly<Record<string, FeatureValue>>;
  /** Till lines at fault; empty where the rule speaks of the whole swipe. */
  readonly lines: readonly string[];
  /** Only hard rules may deny. */
  readonly hard: boolean;
  readonly shadow: boolean;
  /** What cleared it: an override code, a verification method, or `agent`. */
  readonly clearedBy?: string;
  /** The level before it was cleared. */
  readonly raised?: Level;
  /** True when the rule's answer is its `ifMissing`: the store was not heard. */
  readonly ifMissing?: boolean;
  /** `sentence`: the answer carries the message without numbers and no evidence; the record has all. */
  readonly disclose: "full" | "sentence";
}
