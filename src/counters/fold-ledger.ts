import { type Bytes, DAY, type EpochMs, shanghaiDay } from "../units.ts";
import { type LedgerEntry, type LedgerLine, NO_SETTLEMENT } from "./contract.ts";
import {
  DAYS_MAX,
  decodeLedger,
  encodeLedger,
  FEN_MAX,
  ledgerSeq,
  U32_MAX,
} from "./ledger-layout.ts";
import * as limits from "./limits.ts";

/** Bytes of a drug key that name the molecule: days on hand are counted by it. */
const MOLECULE_BYTES = 5;
/** Days are kept in tenths. */
const TENTH = DAY / 10;
/** Until then an entry may still be settled, repeated or taken back; afterwards that is rare. */
const YOUNG = DAY;

/** A folded ledger's bytes, or undefined when there is nothing to fold. */
export function foldedLedger(bytes: Buffer, at: EpochMs): Buffer | undefined {
  const ledger = decodeLedger(bytes);
  const after = foldLedger(ledger, at);
  return after.length < ledger.length ? encodeLedger(ledgerSeq(bytes), after) : undefined;
}

/**
 * Makes room in a ledger of more than `LEDGER_FOLD_ABOVE` entries, down to `LEDGER_FOLDED_TO` where that is possible:
 * first go entries of which nothing is dispensed, older than a day; then the oldest purchases become one entry
 * a Shanghai day, lines of one drug merged; last go younger entries of which nothing is dispensed, lest a day of
 * refused checks push out what was bought.
 *
 * Packs bought stay what they are, counted at the day's first purchase. Days on hand stay what they are to
 * 0.05 days: exactly where the drug did not run out between two purchases of one day, else to the tenth that is kept.
 * The swipes of folded entries are forgotten.
 */
export function foldLedger(ledger: readonly LedgerEntry[], at: EpochMs): readonly LedgerEntry[] {
  if (ledger.length <= limits.LEDGER_FOLD_ABOVE) return ledger;
  const alive = ledger.filter((entry) => limits.isKept(entry.at, limits.LEDGER_KEPT, at));
  const isOver = (entry: LedgerEntry) => entry.at + limits.RESERVATION <= at && !isBought(entry);
  const isOld = (entry: LedgerEntry) => entry.at + YOUNG <= at;
  // What came back at once is a finding of its own for 30 days (RS-06), so it goes last of what is over.
  const isSpent = (entry: LedgerEntry) => isOver(entry) && isOld(entry) && !entry.returnedSoon;
  const living = withoutOldest(alive, isSpent);
  const folded = foldBought(living, isOld);
  return withoutOldest(folded, isOver);
}

/** Dispensed for good: whether a reservation in force will be is not known yet, so it is left alone by its age. */
function isBought(entry: LedgerEntry): boolean {
  return (
    entry.state === "settled" ||
    entry.state === "folded" ||
    (entry.state === "reserved" && entry.presume)
  );
}

function excess(entries: readonly LedgerEntry[]): number {
  return Math.max(0, entries.length - limits.LEDGER_FOLDED_TO);
}

function byTime(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return [...entries].sort((a, b) => a.at - b.at);
}

function withoutOldest(
  entries: readonly LedgerEntry[],
  isDead: (entry: LedgerEntry) => boolean,
): readonly LedgerEntry[] {
  const going = new Set(byTime(entries.filter(isDead)).slice(0, excess(entries)));
  return entries.filter((entry) => !going.has(entry));
}

function foldBought(
  entries: readonly LedgerEntry[],
  isOld: (entry: LedgerEntry) => boolean,
): readonly LedgerEntry[] {
  const bought = new Set(entries.filter((entry) => isOld(entry) && isBought(entry)));
  const folding = new Folding();
  let over = excess(entries);
  for (const entry of byTime([...bought])) {
    if (over > 0 && folding.merge(entry)) over -= 1;
    else folding.start(entry);
  }
  return byTime([...folding.entries, ...entries.filter((entry) => !bought.has(entry))]);
}

/** When a molecule runs out: as bought, and as the folded entries have it. */
interface RunsOut {
  readonly bought: EpochMs;
  readonly folded: EpochMs;
}

/** Purchases in order of time; each joins the last entry of its day or begins another. */
class Folding {
  readonly entries: LedgerEntry[] = [];
  private readonly runsOut = new Map<Bytes, RunsOut>();

  start(entry: LedgerEntry): void {
    for (const [molecule, tenths] of tenthsOf(entry.lines)) {
      const { bought, folded } = this.outOf(molecule);
      const lasts = tenths * TENTH;
      this.runsOut.set(molecule, {
        bought: Math.max(bought, entry.at) + lasts,
        folded: Math.max(folded, entry.at) + lasts,
      });
    }
    this.entries.push(entry);
  }

  /** False: the last entry is of another day, or cannot hold more lines. */
  merge(entry: LedgerEntry): boolean {
    const last = this.entries.at(-1);
    if (last === undefined || shanghaiDay(last.at) !== shanghaiDay(entry.at)) return false;
    const runsOut = new Map<Bytes, RunsOut>();
    const extra = new Map<Bytes, number>();
    for (const [molecule, tenths] of tenthsOf(entry.lines)) {
      const before = this.outOf(molecule);
      const bought = Math.max(before.bought, entry.at) + tenths * TENTH;
      const from = Math.max(before.folded, last.at);
      const added = Math.max(0, Math.round((bought - from) / TENTH));
      runsOut.set(molecule, { bought, folded: from + added * TENTH });
      extra.set(molecule, added - tenths);
    }
    const own = last.state === "folded" ? last.lines : merged([], last.lines);
    const lines = merged(own, withExtra(entry.lines, extra));
    if (lines.length > limits.LINES_MAX) return false;
    for (const [molecule, until] of runsOut) this.runsOut.set(molecule, until);
    this.entries[this.entries.length - 1] = dayEntry(last, entry, lines);
    return true;
  }

  private outOf(molecule: Bytes): RunsOut {
    return this.runsOut.get(molecule) ?? { bought: 0, folded: 0 };
  }
}

/** Tenths of days by molecule; lines whose days nobody knows add none. */
function tenthsOf(lines: readonly LedgerLine[]): ReadonlyMap<Bytes, number> {
  const tenths = new Map<Bytes, number>();
  for (const { drug, days } of lines) {
    const molecule = drug.slice(0, MOLECULE_BYTES);
    const added = Math.round((days ?? 0) * 10);
    if (added > 0) tenths.set(molecule, (tenths.get(molecule) ?? 0) + added);
  }
  return tenths;
}

/** The time a molecule had run out is added to what lasts from the day's first purchase. */
function withExtra(
  lines: readonly LedgerLine[],
  extra: ReadonlyMap<Bytes, number>,
): readonly LedgerLine[] {
  const open = new Map(extra);
  return lines.map((line) => {
    const molecule = line.drug.slice(0, MOLECULE_BYTES);
    const tenths = open.get(molecule) ?? 0;
    if (tenths === 0 || line.days === undefined || line.days <= 0) return line;
    const days = Math.max(0, Math.round(line.days * 10) + tenths);
    open.delete(molecule);
    return { ...line, days: days / 10 };
  });
}

function merged(into: readonly LedgerLine[], lines: readonly LedgerLine[]): LedgerLine[] {
  const sums = [...into];
  for (const line of lines) {
    const position = sums.findIndex((sum) => sum.drug === line.drug && fits(sum, line));
    const sum = sums[position];
    if (sum === undefined) sums.push({ ...line, tag: 0 });
    else sums[position] = added(sum, line);
  }
  return sums;
}

/** A sum beyond what a line can hold would be cut; it goes on in another line. */
function fits(sum: LedgerLine, line: LedgerLine): boolean {
  return (
    sum.quantity + line.quantity <= U32_MAX &&
    sum.fen + line.fen <= FEN_MAX &&
    ((sum.days ?? 0) + (line.days ?? 0)) * 10 <= DAYS_MAX
  );
}

function added(sum: LedgerLine, line: LedgerLine): LedgerLine {
  const tenths = Math.round((sum.days ?? 0) * 10) + Math.round((line.days ?? 0) * 10);
  return {
    ...sum,
    quantity: sum.quantity + line.quantity,
    days: sum.days === undefined && line.days === undefined ? undefined : tenths / 10,
    fen: sum.fen + line.fen,
  };
}

function dayEntry(
  first: LedgerEntry,
  other: LedgerEntry,
  lines: readonly LedgerLine[],
): LedgerEntry {
  // A day has no findings of its own: they are in the record.
  const { again: _, returnedSoon: __, ...entry } = first;
  return {
    ...entry,
    swipe: dayKey(first.at),
    state: "folded",
    fund: Math.min(first.fund + other.fund, U32_MAX),
    level: 0,
    presume: false,
    late: false,
    against: false,
    unchecked: false,
    partlyReturned: false,
    nature: {
      chronic: first.nature.chronic && other.nature.chronic,
      prescribed: first.nature.prescribed && other.nature.prescribed,
      outsider: first.nature.outsider && other.nature.outsider,
      proxied: first.nature.proxied && other.nature.proxied,
    },
    settlement: NO_SETTLEMENT,
    lines,
  };
}

/** No till's swipe: those are digests, and one that begins with four zeros and a day is not to be met. */
function dayKey(at: EpochMs): Bytes {
  const key = Buffer.alloc(8);
  key.writeUInt32BE(shanghaiDay(at), 4);
  return key.toString("latin1");
}
