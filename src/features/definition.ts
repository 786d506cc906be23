import type { DurationMs } from "../units.ts";
import type { BindingKind } from "./bindings.ts";
import type { LogEntity } from "./entities.ts";
import type { Ground } from "./grounds.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";
import type { TallyKind } from "./tallies.ts";
import type { FeatureKind, FeatureValue } from "./vector.ts";

export type ValueType = "number" | "boolean" | "string";
/** One value a swipe, or one a line. */
export type Scope = "swipe" | "line";

/**
 * How far a count can be trusted: `exact` always, a number of swipes in its window up to which it is
 * exact, or `bucketed` (architecture, promise 4).
 */
export type Bound = "exact" | "bucketed" | { readonly upTo: number };

/** Not said by anybody. */
export const ABSENT = undefined;
/** The store, or a list past its age, was not heard. */
export const MISSING = null;
/** A feature's value before it becomes a reading. */
export type Seen = FeatureValue | typeof ABSENT | typeof MISSING;

/** What must be remembered or asked for, for this feature alone. */
export interface Needs {
  readonly log?: {
    readonly entity: LogEntity;
    readonly window: DurationMs;
    readonly exact: number;
  };
  readonly bindings?: readonly NeededBinding[];
  readonly tallies?: readonly TallyKind[];
  /** What was found out about the person off the answer's path. */
  readonly flags?: true;
  readonly token?: true;
  readonly prescriptions?: true;
}

export interface NeededBinding {
  readonly kind: BindingKind;
  /** How long a partner is remembered after it was last seen. */
  readonly kept: DurationMs;
}

/** A declared feature, understood. */
export interface FeatureDefinition {
  readonly type: ValueType;
  readonly scope: Scope;
  readonly kind: FeatureKind;
  readonly bound: Bound;
  readonly needs: Needs;
  /** Its value is a number of swipes or of persons in them, so `bound.upTo` bounds the value too. */
  readonly isCount?: true;
  /** Why no active rule may use it yet. */
  readonly unavailable?: string;
  /** What most swipes have nothing of, and the value it then has: it is not read for them. */
  readonly rests?: { readonly on: Ground; readonly without: Seen };
  /** `facts` are those of the line judged; of no line for features of the whole swipe. */
  read(context: ReadContext, facts: LineFacts): Seen;
}

export const NOTHING: Needs = Object.freeze({});
