import { quoted } from "./quoted.ts";

/**
 * What stands before a value: the name, with what closes the value behind and opens the one that follows. At the place
 * of what is behind, and one further where a plain text follows.
 */
export type Pieces = readonly string[];
export const BEHIND = { nothing: 0, text: 2, other: 4 } as const;
export const TEXT_FOLLOWS = 1;

/** An object's names by code unit, and what is written before the value of each. */
interface SortedNames {
  readonly names: readonly string[];
  readonly pieces: readonly Pieces[];
}

interface Known extends SortedNames {
  /** In the object's own order. */
  readonly own: readonly string[];
}

/** More names than any object of the contract has, so that a made-up one cannot make the simple sort slow. */
const FEW_NAMES = 40;
/** Sets of names remembered of each length: what the tills of a city leave out of a line. The oldest makes room. */
export const KNOWN_OF_A_LENGTH = 16;
/** A name may hold what a value may: only what cannot be a number of a person is remembered. */
const PLAIN_NAME = /^[A-Za-z_]{1,40}$/;

/**
 * Sorts and quotes names, and remembers it: tills of one make send the same names in the same order a million times,
 * and to compare them with those before is less than to sort them anew.
 */
export class KnownNames {
  private readonly byLength: Known[][] = Array.from({ length: FEW_NAMES + 1 }, () => []);

  of(own: string[]): SortedNames {
    const known = this.byLength[own.length];
    return known?.find((one) => isSame(one.own, own)) ?? this.learn(own, known);
  }

  private learn(own: string[], known: Known[] | undefined): SortedNames {
    const one = { own, ...sortedNames([...own]) };
    if (known === undefined || !own.every((name) => PLAIN_NAME.test(name))) return one;
    if (known.length >= KNOWN_OF_A_LENGTH) known.shift();
    known.push(one);
    return one;
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  for (let place = 0; place < one.length; place += 1) {
    if (one[place] !== other[place]) return false;
  }
  return true;
}

export function sortedNames(own: string[]): SortedNames {
  const names = sorted(own);
  return { names, pieces: names.map(piecesOf) };
}

/** In the order of `BEHIND`. */
function piecesOf(name: string): Pieces {
  return ["{", '",', ","].flatMap((before) => {
    const piece = `${before}${quoted(name)}:`;
    return [piece, `${piece}"`];
  });
}

/** By code unit, in place. An object has a dozen names, for which the library's sort takes ten times as long. */
function sorted(names: string[]): string[] {
  if (names.length > FEW_NAMES) return names.sort();
  for (let next = 1; next < names.length; next += 1) {
    const name = names[next] as string;
    let place = next;
    for (; place > 0 && (names[place - 1] as string) > name; place -= 1) {
      names[place] = names[place - 1] as string;
    }
    names[place] = name;
  }
  return names;
}
