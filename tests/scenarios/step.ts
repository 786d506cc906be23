import type { EventData } from "../../src/audit/event.ts";
import type { Expectation, Heard } from "./expectation.ts";

/** How the till speaks to the guard. */
export type Form = "native" | "nhsa";

/** A message of a till. */
export interface Said {
  readonly line: Readonly<Record<string, unknown>>;
  readonly what: string;
  expected?: Expectation;
  /** Only sent where that check may settle. */
  readonly ifPassed?: Said;
}

/** A question about all that was heard up to here: why it is not as it should be, or nothing. */
export interface Asked {
  readonly what: string;
  readonly judge: (told: Told) => string | undefined;
}

export type Step = Said | Asked;

export interface Told {
  answerTo(said: Said): Heard | undefined;
  readonly clues: readonly EventData<"clue.raised">[];
  readonly indicators: readonly EventData<"indicator.raised">[];
  /** The pseudonym of a person's number. */
  pseudonym(number: string): string;
}
