import type { ContentHash } from "./content-hash.ts";
import type { FaultLog } from "./fault.ts";
import type { ListPseudonyms } from "./list-pseudonyms.ts";

/** What every file's loader is given. */
export interface LoadingContext {
  readonly faults: FaultLog;
  readonly content: ContentHash;
  readonly pseudonymise: ListPseudonyms;
}

/** Rows between two chances for others to run: three keyed digests a row make about 3 ms. */
export const PAUSE_EVERY_ROWS = 256;
