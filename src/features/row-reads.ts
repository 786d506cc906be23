import type { FeatureDefinition, Seen } from "./definition.ts";
import { ABSENT, MISSING } from "./definition.ts";
import type { Ground } from "./grounds.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";
import type { Reading } from "./vector.ts";

/** A feature's own `read`, at hand: definitions have many shapes, and to find it in each is a look-up of its own. */
interface PlacedRead {
  readonly at: number;
  readonly read: FeatureDefinition["read"];
}

interface GroundReads {
  readonly isThere: Ground["isThere"];
  readonly reads: readonly PlacedRead[];
}

/** How a row of the vector is read: what can be said of it before any swipe is seen. */
export interface RowReads {
  /** The row where no ground is there; the places of features without one are filled for every row. */
  readonly without: readonly Reading[];
  readonly always: readonly PlacedRead[];
  readonly grounds: readonly GroundReads[];
}

export function rowReads(
  features: readonly { readonly definition: FeatureDefinition }[],
): RowReads {
  const always: PlacedRead[] = [];
  const grounds = new Map<Ground, PlacedRead[]>();
  features.forEach(({ definition: { read, rests } }, at) => {
    const reads = rests === undefined ? always : (grounds.get(rests.on) ?? []);
    if (rests !== undefined) grounds.set(rests.on, reads);
    reads.push({ at, read });
  });
  return {
    without: features.map(({ definition }) => toReading(definition.rests?.without)),
    always,
    grounds: [...grounds].map(([{ isThere }, reads]) => ({ isThere, reads })),
  };
}

export function readRow(
  { without, always, grounds }: RowReads,
  context: ReadContext,
  facts: LineFacts,
): readonly Reading[] {
  const row = without.slice();
  readInto(row, always, context, facts);
  for (let i = 0; i < grounds.length; i += 1) {
    const ground = grounds[i];
    if (ground?.isThere(context, facts) === true) readInto(row, ground.reads, context, facts);
  }
  return row;
}

function readInto(
  row: Reading[],
  reads: readonly PlacedRead[],
  context: ReadContext,
  facts: LineFacts,
): void {
  for (let i = 0; i < reads.length; i += 1) {
    const placed = reads[i];
    if (placed === undefined) return;
    const { at, read } = placed;
    row[at] = toReading(read(context, facts));
  }
}

const TRUE: Reading = Object.freeze({ known: true });
const FALSE: Reading = Object.freeze({ known: false });
/** Small counts are most of a vector's numbers, and are shared as true and false are. */
const COUNTS_MAX = 256;
const COUNTS: readonly Reading[] = Array.from({ length: COUNTS_MAX }, (_, known) =>
  Object.freeze({ known }),
);

function toReading(seen: Seen): Reading {
  if (seen === true) return TRUE;
  if (seen === false) return FALSE;
  if (seen === ABSENT) return "absent";
  if (seen === MISSING) return "missing";
  // An index that is no whole number would be looked up as a text.
  const isCount = typeof seen === "number" && seen >>> 0 === seen && seen < COUNTS_MAX;
  return (isCount && COUNTS[seen]) || { known: seen };
}
