import type { DurationMs } from "../units.ts";

/** Small facts that instances of one store share, such as its key's fingerprint: the first writer's stands. */
export interface ControlDocuments {
  /** Writes the value unless there is one; resolves to the one that stands. */
  claim(name: string, value: string): Promise<string>;
}

/** Facts that change: which generation lives, who works on the memory. All reject with StoreUnavailableError. */
export interface SharedDocuments extends ControlDocuments {
  read(name: string): Promise<string | undefined>;
  /** Writes only where it still is what was read (undefined: nothing); true when it was. */
  replace(name: string, before: string | undefined, after: string): Promise<boolean>;
  /** Takes or renews a lock that ends by itself this long after; false while it is another's. */
  hold(name: string, owner: string, kept: DurationMs): Promise<boolean>;
  letGo(name: string, owner: string): Promise<void>;
}

/** Documents outlive the generation of the memory whose prefix they have. */
export function isControlDocument(key: string): boolean {
  return key.includes("{control}");
}
