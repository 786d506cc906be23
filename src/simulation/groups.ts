/** Puts the item beside those of its key. */
export function addTo<K, T>(groups: Map<K, T[]>, key: K, item: T): void {
  const there = groups.get(key);
  if (there === undefined) groups.set(key, [item]);
  else there.push(item);
}

/** Items by their key, in the order in which they came; those without one are left out. */
export function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K | undefined): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) addTo(groups, key, item);
  }
  return groups;
}
