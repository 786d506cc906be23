import type { Binding, Tally } from "../counters/contract.ts";
import type { BindingKind } from "./bindings.ts";
import { BINDING_LETTERS } from "./bindings.ts";
import { MISSING } from "./definition.ts";
import type { EntityKind, LogEntity } from "./entities.ts";
import { ENTITY_NAMES, entityKind } from "./entities.ts";
import type { Ground } from "./grounds.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";
import type { TallyKind } from "./tallies.ts";
import { TALLY_LETTERS } from "./tallies.ts";

/** What the store told of something: undefined where the swipe has no such thing, MISSING where it was not heard. */
export type Remembered<T> = T | undefined | typeof MISSING;

interface Asked {
  readonly kind: string;
  readonly entity: string;
}

/** Up to here a look through all is faster than an index of them; a usual swipe asks for a dozen. */
const FEW = 32;

/** `entity` undefined: the only one of its kind. */
function placeOf(
  context: ReadContext,
  asked: readonly Asked[],
  kind: string,
  entity: string | undefined,
): number {
  if (asked.length > FEW)
    return (
      context
        .shared(places)
        .of(asked)
        .get(kind + (entity ?? "")) ?? -1
    );
  for (let i = 0; i < asked.length; i += 1) {
    const use = asked[i];
    if (use?.kind === kind && (entity === undefined || use.entity === entity)) return i;
  }
  return -1;
}

/** Where each entity stands in the long lists of a swipe with hundreds of lines; kinds are one letter. */
function places() {
  const indexes = new Map<readonly Asked[], ReadonlyMap<string, number>>();
  return {
    of(asked: readonly Asked[]): ReadonlyMap<string, number> {
      const known = indexes.get(asked) ?? indexOf(asked);
      indexes.set(asked, known);
      return known;
    },
  };
}

function indexOf(asked: readonly Asked[]): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  asked.forEach(({ kind, entity }, place) => {
    for (const name of [kind, kind + entity]) if (!index.has(name)) index.set(name, place);
  });
  return index;
}

/** An entity's log among those of a swipe. */
interface LogPlace {
  /** Where it stands in the observation and in the memory; negative where the swipe, or the line, has no such entity. */
  placeOf(context: ReadContext, facts: LineFacts): number;
  readonly ground: Ground;
}

export function logOf(name: LogEntity): LogPlace {
  return LOG_PLACES[name];
}

/** One an entity: what it works out of a swipe's lines is known again by its function. */
const LOG_PLACES = Object.fromEntries(
  ENTITY_NAMES.map((name) => [name, logPlace(entityKind(name))]),
) as Readonly<Record<LogEntity, LogPlace>>;

function logPlace(kind: EntityKind): LogPlace {
  const ofLines = (context: ReadContext) => placesOfLines(context, kind);
  const find: LogPlace["placeOf"] =
    kind.scope === "line"
      ? (context, { index }) => context.shared(ofLines)[index] ?? -1
      : (context) => placeOf(context, context.observation.logs, kind.letter, undefined);
  return { placeOf: find, ground: { isThere: (context, facts) => find(context, facts) >= 0 } };
}

/** Where the log of each line stands: a key is a text of its own, and several features ask for it. */
function placesOfLines(context: ReadContext, kind: EntityKind): readonly number[] {
  const { swipe, reference, day, observation } = context;
  const { basket, nature } = observation;
  const counted = { swipe, reference, day, basket, outsider: nature.outsider };
  return swipe.lines.map((_, line) => {
    const entity = kind.key(counted, line);
    return entity === undefined ? -1 : placeOf(context, observation.logs, kind.letter, entity);
  });
}

/** Where an entity's pair stands in the observation and in the memory; `entity` undefined: the only one of its kind. */
export function bindingPlace(
  context: ReadContext,
  kind: BindingKind,
  entity: string | undefined,
): number {
  return placeOf(context, context.observation.bindings, BINDING_LETTERS[kind], entity);
}

/** The partners seen with an entity before. */
export function partnersOf(
  context: ReadContext,
  kind: BindingKind,
  entity: string,
): Remembered<readonly Binding[]> {
  const place = bindingPlace(context, kind, entity);
  if (place < 0) return undefined;
  return context.memory?.bindings[place] ?? MISSING;
}

/** An entity's daily totals; `entity` undefined: the only one of its kind. */
export function tallyOf(
  context: ReadContext,
  kind: TallyKind,
  entity: string | undefined,
): Remembered<Tally> {
  const { observation, memory } = context;
  const place = placeOf(context, observation.tallies, TALLY_LETTERS[kind], entity);
  if (place < 0) return undefined;
  return memory?.tallies[place] ?? MISSING;
}
