type Unset<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** `T` with every key that may be undefined made optional, as exactOptionalPropertyTypes wants it. */
export type Present<T> = Omit<T, Unset<T>> & {
  [K in Unset<T>]?: Exclude<T[K], undefined>;
};

/** The object without its undefined keys: what nobody said is absent, not undefined. */
export function present<T extends object>(fields: T): Present<T> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) kept[key] = value;
  }
  return kept as Present<T>;
}
