/** Finds the entry with the longest prefix of a code. Prefixes are in capitals; the code may be written otherwise. */
export interface PrefixTable<T> {
  find(code: string): T | undefined;
  readonly size: number;
}

/** One look-up a length of prefix; where codes repeat, wrap `find` in `remember`. */
export function createPrefixTable<T>(entries: ReadonlyMap<string, T>): PrefixTable<T> {
  const lengths = [...new Set([...entries.keys()].map((prefix) => prefix.length))].sort(
    (a, b) => b - a,
  );
  return {
    size: entries.size,
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
