/** Finds the entry with the longest prefix of a code. Prefixes are in capitals; the code may be written otherwise. */
export interface PrefixTable<T> {
  find(code: string): T | undefined;
  /** Every prefix of the code that the table has, the longest first. */
  beginningsOf(code: string): readonly string[];
  readonly size: number;
}

/** One look-up a length of prefix; where codes repeat, wrap `find` in `remember`. */
export function createPrefixTable<T>(entries: ReadonlyMap<string, T>): PrefixTable<T> {
  const found = new Set<number>();
  for (const prefix of entries.keys()) found.add(prefix.length);
  const lengths = [...found].sort((a, b) => b - a);
  return {
    size: entries.size,
    beginningsOf(written) {
      const code = written.trim().toUpperCase();
      const prefixes = lengths.filter((length) => length <= code.length);
      return prefixes.map((length) => code.slice(0, length)).filter((each) => entries.has(each));
    },
    find(written) {
      const code = written.trim().toUpperCase();
      for (const length of lengths) {
        if (length > code.length) continue;
        const entry = entries.get(code.slice(0, length));
        if (entry !== undefined) return entry;
      }
      return undefined;
    },
  };
}

/**
 * Keeps answers of a pure function. Forgets all when full: codes come from tills, so the
 * number of different ones has no bound, and a real day stays far below the limit.
 */
export function remember<T>(limit: number, compute: (key: string) => T): (key: string) => T {
  const answers = new Map<string, { readonly answer: T }>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known.answer;
    const answer = compute(key);
    if (answers.size >= limit) answers.clear();
    answers.set(key, { answer });
    return answer;
  };
}
