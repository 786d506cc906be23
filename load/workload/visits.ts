/** Where a person is seen for the first time, and later. */
export interface Visit {
  /** 0 for the person as the city has it. */
  readonly variant: number;
  /** Which copy of the pharmacy. */
  readonly clone: number;
}

/**
 * Days of the city pass in seconds of load. So a pharmacy's visitors are dealt out over its copies, or they
 * would look like a gang at one till, and a person who goes on to a second pharmacy becomes another there, or
 * he would be in two places at once.
 */
export class Visits {
  readonly #copies: number;
  readonly #known = new Map<string, Visit>();
  readonly #pharmacies = new Map<string, number>();
  readonly #persons = new Map<string, number>();

  constructor(copies: number) {
    this.#copies = copies;
  }

  at(person: string, pharmacy: string): Visit {
    const key = `${person} ${pharmacy}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const visit = {
      variant: next(this.#persons, person),
      clone: next(this.#pharmacies, pharmacy) % this.#copies,
    };
    this.#known.set(key, visit);
    return visit;
  }
}

/** How often the key was asked for before. */
function next(counts: Map<string, number>, key: string): number {
  const before = counts.get(key) ?? 0;
  counts.set(key, before + 1);
  return before;
}
