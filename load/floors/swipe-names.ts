import { hash } from "node:crypto";
import type { ClearSwipe } from "../../src/swipe/clear-swipe.ts";

/** Of a pseudonym of 80 bits in base64url, as in the guard's keys. */
const NAME_CHARS = 14;

/** Eight entities a swipe is about, hashed to names as long as the guard's: one plain hash each, and no key. */
export function namesOf(swipe: ClearSwipe): readonly string[] {
  const { pharmacy, person, credential, lines } = swipe;
  const [line] = lines;
  return [
    nameOf(`p${person.number}`),
    nameOf(`c${credential.number}`),
    nameOf(`h${pharmacy.code}`),
    nameOf(`t${pharmacy.code}:${pharmacy.terminal}`),
    nameOf(`o${pharmacy.code}:${pharmacy.operator}`),
    nameOf(`d${line?.drug ?? ""}`),
    nameOf(`k${line?.traceCodes[0] ?? ""}`),
    nameOf(`s${swipe.swipeId}`),
  ];
}

/** The same for what follows a check: all that it names is the swipe. */
export function namesOfStep(swipeId: string): readonly string[] {
  const name = nameOf(`s${swipeId}`);
  return ["p", "c", "h", "t", "o", "d", "k", "s"].map((kind) => kind + name.slice(1));
}

/** A name as long as the guard's pseudonyms. */
export function nameOf(entity: string): string {
  return hash("sha256", entity, "base64url").slice(0, NAME_CHARS);
}
