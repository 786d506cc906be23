import type { LineFacts, ReadContext } from "./read-context.ts";

/**
 * Something that several features speak of and that most swipes have nothing of. Whether it is there is asked once, and
 * where it is not, none of them is read: of the 228 values of a usual sale under a hundred rules, 63.
 */
export interface Ground {
  isThere(context: ReadContext, facts: LineFacts): boolean;
}

/** A line's prescription. */
export const PRESCRIPTION: Ground = {
  isThere: (_, { line }) => line.prescription !== undefined,
};

/** Somebody who buys for the person. */
export const AGENT: Ground = { isThere: ({ swipe }) => swipe.agent !== undefined };

export const OVERRIDE: Ground = { isThere: ({ swipe }) => swipe.override !== undefined };

export const VERIFICATION: Ground = { isThere: ({ swipe }) => swipe.verification !== undefined };

/** What the person was dispensed before, or may have been: the store was not heard. */
export const PURCHASES: Ground = {
  isThere(context) {
    const ledger = context.ledger();
    return ledger === undefined || ledger.dispensed.length > 0;
  },
};

/** Checks of the person before, or the store was not heard. */
export const ATTEMPTS: Ground = {
  isThere: ({ memory }) => memory === undefined || memory.attempts.length > 0,
};

/** What was found out about the person, or the store was not heard. */
export const FLAGS: Ground = { isThere: ({ memory }) => memory?.flags?.length !== 0 };
