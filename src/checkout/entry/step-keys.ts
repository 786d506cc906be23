import type { WaitingStep } from "../../audit/event.ts";
import type { SwipeKey } from "../../counters/contract.ts";
import { pseudonymBytes, swipeKey } from "../../features/digests.ts";
import type { Pseudonym } from "../../swipe/pseudonymised-swipe.ts";
import { personLane } from "./waiting-items.ts";

/** What a step says of the sale it is about: its swipe, or only whose it is. */
export interface About {
  /** The check's id, else the message's own. */
  readonly swipeId: string;
  readonly key: SwipeKey | undefined;
  readonly person: Pseudonym | undefined;
  readonly pharmacy: string | undefined;
}

export function aboutOf(step: WaitingStep): About {
  switch (step.kind) {
    case "cancel":
      return { ...named(step), key: undefined };
    case "undo":
      return { ...named(step), key: undone(step) };
    case "upload":
      return { ...named({ ...step, person: step.row.person }), key: undefined };
    default: {
      const { swipeId, scope = "" } = step;
      const person = step.kind === "settle" ? step.person : undefined;
      return { swipeId, key: swipeKey(scope, swipeId), person, pharmacy: scope || undefined };
    }
  }
}

function undone({ of, undone: id, scope = "" }: Extract<WaitingStep, { kind: "undo" }>) {
  return of === "2102" ? swipeKey(scope, id) : undefined;
}

function named(step: {
  readonly msgid: string;
  readonly pharmacy: string;
  readonly person?: Pseudonym | undefined;
}): Omit<About, "key"> {
  return { swipeId: step.msgid, person: step.person, pharmacy: step.pharmacy };
}

/** Where the sale is sought among a person's, whatever of that person waits comes first. */
export function laneOfPerson(person: Pseudonym): string {
  return personLane(pseudonymBytes(person));
}

/** Which step it is: told again under the same id it is the same, and waits once. */
export function partOf(step: WaitingStep): string | undefined {
  if (step.kind === "release") return "refused";
  return step.kind === "upload" ? step.part : undefined;
}
