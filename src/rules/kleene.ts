/**
 * What a condition can still turn out to be, as a set of bits: true, false, or undecided because a fact is
 * absent. A fact the store kept to itself leaves both true and false open; an absent one leaves neither, ever.
 * So a condition hangs on a missing fact exactly when its set holds true and something else: some value of the
 * missing facts would make it true while every absent one stays undecided.
 */
export type Outcome = number;

export const IS_TRUE: Outcome = 1;
export const IS_FALSE: Outcome = 2;
/** A fact it needs is absent. */
export const UNDECIDED: Outcome = 4;
/** A fact it needs is missing. */
export const OPEN: Outcome = IS_TRUE | IS_FALSE;

const SINGLES: readonly Outcome[] = [IS_TRUE, IS_FALSE, UNDECIDED];
const ALL = 8;

/** Kleene's strong conjunction of single outcomes. */
function both(a: Outcome, b: Outcome): Outcome {
  if (a === IS_FALSE || b === IS_FALSE) return IS_FALSE;
  return a === IS_TRUE && b === IS_TRUE ? IS_TRUE : UNDECIDED;
}

function either(a: Outcome, b: Outcome): Outcome {
  if (a === IS_TRUE || b === IS_TRUE) return IS_TRUE;
  return a === IS_FALSE && b === IS_FALSE ? IS_FALSE : UNDECIDED;
}

/** Every pair of sets, worked out once: evaluation is one look-up. */
function table(join: (a: Outcome, b: Outcome) => Outcome): Uint8Array {
  const joined = new Uint8Array(ALL * ALL);
  for (let a = 0; a < ALL; a += 1) {
    for (let b = 0; b < ALL; b += 1) joined[a * ALL + b] = joinSets(a, b, join);
  }
  return joined;
}

function joinSets(a: Outcome, b: Outcome, join: (a: Outcome, b: Outcome) => Outcome): Outcome {
  let joined = 0;
  for (const x of SINGLES.filter((single) => a & single)) {
    for (const y of SINGLES.filter((single) => b & single)) joined |= join(x, y);
  }
  return joined;
}

const AND = table(both);
const OR = table(either);

export function and(a: Outcome, b: Outcome): Outcome {
  return AND[a * ALL + b] ?? UNDECIDED;
}

export function or(a: Outcome, b: Outcome): Outcome {
  return OR[a * ALL + b] ?? UNDECIDED;
}

export function not(a: Outcome): Outcome {
  return (a & UNDECIDED) | (a & IS_TRUE ? IS_FALSE : 0) | (a & IS_FALSE ? IS_TRUE : 0);
}

/** `condition ? yes : no`; an undecided condition decides nothing. */
export function choose(condition: Outcome, yes: Outcome, no: Outcome): Outcome {
  return (
    (condition & UNDECIDED) | (condition & IS_TRUE ? yes : 0) | (condition & IS_FALSE ? no : 0)
  );
}

/** True whatever the missing facts are. */
export function holds(outcome: Outcome): boolean {
  return outcome === IS_TRUE;
}

/** Would be true for some value of what is missing. */
export function hangsOnMissing(outcome: Outcome): boolean {
  return (outcome & IS_TRUE) !== 0 && outcome !== IS_TRUE;
}
