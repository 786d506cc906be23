import type { Binding, Tally } from "../counters/contract.ts";
import type { EpochMs } from "../units.ts";
import type { BindingKind } from "./bindings.ts";
import { BINDING_LETTERS } from "./bindings.ts";
import { MISSING } from "./definition.ts";
import type { EntityKind, LogEntity } from "./entities.ts";
import { ENTITY_NAMES, entityKind } from "./entities.ts";
import type { LogView } from "./log-view.ts";
import type { ReadContext } from "./read-context.ts";
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

/** Finds the log of the entity that the swipe, or one of its lines, counts at, as it was until an instant. */
export function logOf(
  name: LogEntity,
): (context: ReadContext, line: number, until: EpochMs) => Remembered<LogView> {
  const { letter, scope } = entityKind(name);
  const ofLines = PLACES_OF_LINES[name];
  return (context, line, until) => {
    const place =
      scope === "line"
        ? (context.shared(ofLines)[line] ?? -1)
        : placeOf(context, context.observation.logs, letter, undefined);
    if (place < 0) return undefined;
    return context.logView(place, until) ?? MISSING;
  };
}

/** One function an entity: what it works out of a swipe is known again by it. */
const PLACES_OF_LINES = Object.fromEntries(
  ENTITY_NAMES.map((name) => [
    name,
    (context: ReadContext) => placesOfLines(context, entityKind(name)),
  ]),
) as Readonly<Record<LogEntity, (context: ReadContext) => readonly number[]>>;

/** Where the log of each line stands: a key is a text of its own, and several features ask for it. */
function placesOfLines(context: ReadContext, kind: EntityKind): readonly number[] {
  const { swipe, reference, day, observation } = context;
  const counted = { swipe, reference, day, basket: observation.basket };
  return swipe.lines.map((_, line) => {
    const entity = kind.key(counted, line);
    return entity === undefined ? -1 : placeOf(context, observation.logs, kind.letter, entity);
  });
}

/** The partners seen with an entity before. */
export function partnersOf(
  context: ReadContext,
  kind: BindingKind,
  entity: string,
): Remembered<readonly Binding[]> {
  const { observation, memory } = context;
  const place = placeOf(context, observation.bindings, BINDING_LETTERS[kind], entity);
  if (place < 0) return undefined;
  return memory?.bindings[place] ?? MISSING;
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
