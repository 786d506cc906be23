import type { TrafficOptions } from "./traffic.ts";

/** Whose turn it is: which body, and which person is put into it; the body's own where undefined. */
export interface Turn {
  readonly index: number;
  readonly person: string | undefined;
  /** Which copy of the pharmacy; the body's own where undefined. */
  readonly copy: number | undefined;
}
export type Turns = (count: number) => Turn;

/** Persons who swipe side by side while each of them has so many swipes to make. */
const SIDE_BY_SIDE = 512;

/** A prime beyond all numbers of persons, so that those who follow each other lie far apart in the memory. */
const STRIDE = 15_485_863;

/** In the city's order, or so that the asked number of persons swipe so often, each at one pharmacy. */
export function turnsOf(
  { persons, swipesPerPerson }: Pick<TrafficOptions, "persons" | "swipesPerPerson">,
  pharmacies: readonly string[],
): Turns {
  const bodies = pharmacies.length;
  if (persons === undefined && swipesPerPerson === undefined)
    return (count) => ({ index: count % bodies, person: undefined, copy: undefined });
  const shops = bodiesByPharmacy(pharmacies);
  const times = swipesPerPerson ?? 1;
  const beside = Math.min(SIDE_BY_SIDE, persons ?? SIDE_BY_SIDE);
  return (count) => {
    const group = Math.floor(count / (beside * times));
    const next = group * beside + (count % beside);
    const person = persons === undefined ? next : (next * STRIDE) % persons;
    const visit = Math.floor(count / beside);
    const place = scattered(person);
    const shop = shops[place % shops.length] ?? [];
    const copy = Math.floor(place / shops.length);
    const index = shop[(copy + visit) % shop.length] ?? 0;
    return { index, person: personNumber(person), copy };
  };
}

/** Twenty digits, as the city's numbers have. */
export function personNumber(index: number): string {
  return `2101009${String(index).padStart(13, "0")}`;
}

function bodiesByPharmacy(pharmacies: readonly string[]): readonly (readonly number[])[] {
  const shops = new Map<string, number[]>();
  for (const [index, pharmacy] of pharmacies.entries()) {
    const shop = shops.get(pharmacy);
    if (shop === undefined) shops.set(pharmacy, [index]);
    else shop.push(index);
  }
  return [...shops.values()];
}

/** Neighbours in number go to pharmacies far apart (Knuth's multiplicative hash). */
function scattered(index: number): number {
  return Math.imul(index, 2_654_435_761) >>> 0;
}
