import type { Binding, LogEntry, Tally } from "../counters/contract.ts";
import type { BindingKind } from "./bindings.ts";
import { BINDING_LETTERS } from "./bindings.ts";
import { MISSING } from "./definition.ts";
import type { LogEntity } from "./entities.ts";
import { entityKind } from "./entities.ts";
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

/** The log of the entity that the swipe, or one of its lines, counts at. */
export function logOf(
  context: ReadContext,
  name: LogEntity,
  line: number,
): Remembered<readonly LogEntry[]> {
  const { observation, memory } = context;
  const kind = entityKind(name);
  const entity = kind.scope === "line" ? kind.key(asCounted(context), line) : undefined;
  if (kind.scope === "line" && entity === undefined) return undefined;
  const place = placeOf(context, observation.logs, kind.letter, entity);
  if (place < 0) return undefined;
  return memory?.logs[place] ?? MISSING;
}

function asCounted({ swipe, reference, day, observation }: ReadContext) {
  return { swipe, reference, day, basket: observation.basket };
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
