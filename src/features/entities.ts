import type { PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";

interface EntityKind {
  /** First letter of its keys in the store. */
  readonly letter: string;
  key(swipe: PseudonymisedSwipe): string;
}

/** What can be counted at. A terminal is (pharmacy, terminal): till names repeat from store to store. */
export const ENTITIES = {
  terminal: {
    letter: "t",
    key: (swipe) => `${swipe.pharmacy.code}:${swipe.pharmacy.terminal}`,
  },
  pharmacy: { letter: "h", key: (swipe) => swipe.pharmacy.code },
} as const satisfies Readonly<Record<string, EntityKind>>;

export type LogEntity = keyof typeof ENTITIES;
export const ENTITY_NAMES = Object.keys(ENTITIES) as readonly LogEntity[];
