import type { Test } from "tap";
import { standIns, times } from "./entry-checks.ts";
import { bounds, keys, otherInstances, restarts } from "./entry-restarts.ts";
import { nhsaWaits, stepsWait } from "./entry-steps.ts";
import { type FreshStore, shopsOf } from "./shop.ts";

/** What is promised of swipes and steps that the store has to be told later, whatever keeps the memory. */
export function lateEntryKeepsItsPromises(t: Test, fresh: FreshStore): void {
  const open = shopsOf(fresh);
  standIns(t, open);
  times(t, open);
  stepsWait(t, open);
  nhsaWaits(t, open);
  otherInstances(t, open);
  restarts(t, open);
  bounds(t, open);
  keys(t, open);
}
