import type { LedgerEntry, TallyColumns, TallyMove, TallyUse } from "../counters/contract.ts";
import { PHARMACY_COLUMN, TALLY_LETTERS } from "../features/tallies.ts";
import type { EpochMs } from "../units.ts";

export interface TalliedChange {
  readonly before: LedgerEntry;
  readonly after: LedgerEntry;
  /** When a sale that was made came back: counted on the reversal's own day. */
  readonly returnedAt?: EpochMs | undefined;
}

/**
 * What a change of a sale does to the totals of its entities: the same columns that its check would have added, taken
 * from what is left of it before and after. Days are those of the check; only reversals count on their own.
 */
export function tallyMovesOf(
  { before, after, returnedAt }: TalliedChange,
  usesOf: (entry: LedgerEntry) => readonly TallyUse[],
): readonly TallyMove[] {
  const from = standingOf(before);
  const to = standingOf(after);
  const had = from === "out" ? [] : usesOf(before);
  const has = to === "out" ? [] : usesOf(after);
  const closes = from === "open" && to === "counted" ? had.map(moving("close", before.at)) : [];
  // A part may come back before the settlement that counts its sale.
  const reversed = returnedAt === undefined ? [] : reversals(usesOf(before), returnedAt);
  return [...closes, ...differences(before.at, had, has), ...reversed];
}

/**
 * `open`: noted at the seal, and presumed once its time is over. A superseded sale stays open until it is let go of,
 * which takes its presumption away: so it is taken out once, whoever comes first.
 */
function standingOf(entry: LedgerEntry): "out" | "open" | "counted" {
  switch (entry.state) {
    case "settled":
    case "folded":
      return "counted";
    case "reserved":
    case "superseded":
      return entry.presume ? "open" : "out";
    default:
      return "out";
  }
}

function moving(move: TallyMove["move"], at: EpochMs) {
  return ({ kind, entity, columns }: TallyUse): TallyMove => ({ kind, entity, at, move, columns });
}

function differences(
  at: EpochMs,
  had: readonly TallyUse[],
  has: readonly TallyUse[],
): readonly TallyMove[] {
  const before = byName(had);
  const after = byName(has);
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name) => {
    const use = before.get(name) ?? after.get(name);
    if (use === undefined) return [];
    const less = excess(before.get(name), after.get(name));
    const more = excess(after.get(name), before.get(name));
    return [
      ...(isNothing(less) ? [] : [moving("subtract", at)({ ...use, columns: less })]),
      ...(isNothing(more) ? [] : [moving("add", at)({ ...use, columns: more })]),
    ];
  });
}

function byName(uses: readonly TallyUse[]): ReadonlyMap<string, TallyUse> {
  return new Map(uses.map((use) => [`${use.kind} ${use.entity}`, use]));
}

/** By how much each column of one is above the other's. */
function excess(of: TallyUse | undefined, over: TallyUse | undefined): TallyColumns {
  const above = (column: 0 | 1 | 2 | 3) =>
    Math.max(0, (of?.columns[column] ?? 0) - (over?.columns[column] ?? 0));
  return [above(0), above(1), above(2), above(3)];
}

function isNothing(columns: TallyColumns): boolean {
  return columns.every((value) => value === 0);
}

function reversals(uses: readonly TallyUse[], at: EpochMs): readonly TallyMove[] {
  const one = [0, 0, 0, 0] as [number, number, number, number];
  one[PHARMACY_COLUMN.reversals] = 1;
  return uses
    .filter(({ kind }) => kind === TALLY_LETTERS.pharmacy)
    .map((use) => moving("add", at)({ ...use, columns: one }));
}
