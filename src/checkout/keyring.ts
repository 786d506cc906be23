import type { Pseudonymiser } from "../privacy/pseudonymiser.ts";

/** Which pseudonym key is in force, and whether the store agreed to it. */
export interface Keyring {
  current(): Pseudonymiser;
  /** False until the store gave or took the key: until then every check is a stand-in and nothing is counted. */
  agreed(): boolean;
}

export function fixedKeyring(pseudonymiser: Pseudonymiser): Keyring {
  return { current: () => pseudonymiser, agreed: () => true };
}
