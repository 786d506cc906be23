import type { EventData } from "../../src/audit/event.ts";
import { numberOf } from "./ask.ts";
import type { Told } from "./step.ts";

type Clue = EventData<"clue.raised">;

/** What inspectors must have been told; what is not named is not looked at. Persons are the story's names. */
export interface ClueWanted {
  readonly kind: Clue["kind"];
  readonly severity?: Clue["severity"];
  readonly rules?: readonly string[];
  /** The seller now, then the seller before. */
  readonly pharmacies?: readonly string[];
  /** Who buys now. */
  readonly buyer?: string;
  readonly firstBuyer?: string;
  /** Whether it counts against the first buyer (RS-03). */
  readonly counted?: boolean;
  /** All of a cohort's members. */
  readonly members?: readonly string[];
}

/** A person's pseudonym's first six bytes: all that a trace code keeps. */
const SHORT = 8;

export function clueFault(wanted: ClueWanted, told: Told): string | undefined {
  const faults = told.clues.map((clue) => differences(wanted, clue, told));
  if (faults.some((of) => of.length === 0)) return undefined;
  const nearest = [...faults].sort((a, b) => a.length - b.length)[0] ?? ["there is no clue at all"];
  return `no such clue of ${told.clues.length}; nearest: ${nearest.join(", ")}`;
}

function differences(wanted: ClueWanted, clue: Clue, told: Told): string[] {
  const idOf = (person: string) => told.pseudonym(numberOf({ person }));
  const { buyer, firstBuyer, members } = wanted;
  const seen: readonly (readonly [string, unknown, unknown])[] = [
    ["kind", wanted.kind, clue.kind],
    ["severity", wanted.severity, clue.severity],
    ["rules", wanted.rules?.join(), clue.rules.join()],
    ["pharmacies", wanted.pharmacies?.join(), clue.pharmacies.join()],
    ["buyer", buyer && idOf(buyer), clue.now.person],
    ["first buyer", firstBuyer && idOf(firstBuyer).slice(0, SHORT), clue.firstBuyer?.buyer],
    ["counted", wanted.counted, clue.firstBuyer?.counted],
    ["members", members?.map(idOf).sort().join(), [...(clue.cohort?.members ?? [])].sort().join()],
  ];
  return seen.flatMap(([what, want, is]) =>
    want === undefined || want === is ? [] : [`${what} ${String(is)} instead of ${String(want)}`],
  );
}
