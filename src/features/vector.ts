/** What the rules see of a swipe: one value a feature, or the reason why there is none. */
export type FeatureValue = number | boolean | string;

/** Where a feature's value comes from. Only `store` and a list past its maxAge can be missing. */
export type FeatureKind = "swipe" | "line" | "reference" | "list" | "store";

/** `absent`: nobody said it, so a condition on it is undecided. `missing`: the store was not heard in time. */
export type Reading = { readonly known: FeatureValue } | "absent" | "missing";

export interface FeatureVector {
  /** Values of the whole swipe, in the order of the plan's swipe features. */
  readonly swipe: readonly Reading[];
  /** One row a line, each in the order of the plan's line features. */
  readonly lines: readonly (readonly Reading[])[];
}
