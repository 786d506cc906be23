import { type Baseline, fallenBehind } from "./baseline.ts";
import type { Results, ResultsName } from "./results.ts";

/** What a bench was, beside its results. */
export interface Settling {
  /** Only the whole plan's results are stored and compared. */
  readonly isWhole: boolean;
  /** Asked for: these results are what later ones are compared with. */
  readonly asBaseline: boolean;
  /** A sentence for each ratio of the baseline that could not be judged. */
  readonly unjudged: readonly string[];
}

/** Where results are kept. */
export interface ResultsStore {
  /** Gives where it stands now. */
  write(name: ResultsName, results: Results): string;
  read(name: ResultsName): Pick<Results, "toFloor"> | undefined;
}

/** Stores what came out, compares it with the baseline or makes it one, and tells whether the guard fell behind. */
export function settle(
  { isWhole, asBaseline, unjudged }: Settling,
  results: Results,
  store: ResultsStore,
  say: (text: string) => void,
): boolean {
  if (!isWhole) {
    say("A part of the plan only: nothing is stored or compared.");
    return false;
  }
  say(`Stored in ${store.write("latest", results)}`);
  if (asBaseline) {
    // Half a baseline would let the other half fall unseen.
    for (const reason of unjudged) say(`Not taken as the baseline: ${reason}.`);
    if (unjudged.length === 0) say(`Stored in ${store.write("baseline", results)}`);
    return false;
  }
  const before = store.read("baseline");
  if (before === undefined) {
    say("There is no baseline to compare with: --baseline writes one.");
    return false;
  }
  for (const reason of unjudged) say(`Not compared with the baseline: ${reason}.`);
  return tellBehind(results.toFloor, before.toFloor, unjudged.length === 0, say);
}

function tellBehind(
  now: Baseline,
  before: Baseline,
  isWholly: boolean,
  say: (text: string) => void,
): boolean {
  const reasons = fallenBehind(now, before);
  for (const reason of reasons) say(`FELL BEHIND: ${reason}`);
  if (reasons.length === 0 && isWholly) say("As good as the baseline, within its gates.");
  return reasons.length > 0;
}
