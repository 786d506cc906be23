import type { CounterStore, LedgerEntry, PersonKey } from "../../counters/contract.ts";
import { stateAt } from "../../decision/entry-state.ts";
import type { EpochMs } from "../../units.ts";

/** Persons whose ledgers are compared. */
export const SAMPLE_MAX = 400;
const AT_ONCE = 50;

/** What two generations say of the same persons. */
export interface Comparison {
  readonly persons: number;
  readonly alike: number;
  /** Purchases that only the rebuilt memory has: what had been lost. */
  readonly cameBack: number;
  /** Purchases, settlements and returns that only the living memory has: what the record does not tell of. */
  readonly missing: number;
  /** Purchases that stand otherwise. */
  readonly different: number;
}

/** A part of the persons of a record, each as likely as any other, however many there are. */
export class PersonSample {
  readonly persons: PersonKey[] = [];
  private readonly random: () => number;
  private seen = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  note(person: PersonKey): void {
    if (this.persons.includes(person)) return;
    this.seen += 1;
    if (this.persons.length < SAMPLE_MAX) this.persons.push(person);
    else {
      const place = Math.floor(this.random() * this.seen);
      if (place < SAMPLE_MAX) this.persons[place] = person;
    }
  }
}

/** Compares what counts of each purchase; nothing is written. */
export async function compareMemories(
  living: CounterStore,
  rebuilt: CounterStore,
  persons: readonly PersonKey[],
  now: EpochMs,
): Promise<Comparison> {
  let alike = 0;
  let cameBack = 0;
  let missing = 0;
  let different = 0;
  for (let from = 0; from < persons.length; from += AT_ONCE) {
    const some = persons.slice(from, from + AT_ONCE);
    const [before, after] = await Promise.all([living.ledgers(some), rebuilt.ledgers(some)]);
    some.forEach((_, index) => {
      const apart = compareLedgers(before[index] ?? [], after[index] ?? [], now);
      if (apart.cameBack + apart.missing + apart.different === 0) alike += 1;
      cameBack += apart.cameBack;
      missing += apart.missing;
      different += apart.different;
    });
  }
  return { persons: persons.length, alike, cameBack, missing, different };
}

function compareLedgers(
  before: readonly LedgerEntry[],
  after: readonly LedgerEntry[],
  now: EpochMs,
) {
  const rebuilt = new Map(after.map((entry) => [nameOf(entry), saidOf(entry, now)]));
  const living = new Map(before.map((entry) => [nameOf(entry), saidOf(entry, now)]));
  const reached = new Map(after.map((entry) => [nameOf(entry), stepsOf(entry, now)]));
  const missing = before.filter((entry) => {
    const steps = reached.get(nameOf(entry));
    return steps === undefined || steps < stepsOf(entry, now);
  });
  const isMissing = new Set(missing.map(nameOf));
  const different = [...living].filter(
    ([name, said]) => !isMissing.has(name) && rebuilt.get(name) !== said,
  );
  const cameBack = [...rebuilt.keys()].filter((name) => !living.has(name));
  return {
    missing: missing.length,
    different: different.length,
    cameBack: cameBack.length,
  };
}

/** A folded entry is its day's sum: it has no swipe of its own. */
function nameOf({ swipe, state, at }: LedgerEntry): string {
  return state === "folded" ? `day ${at}` : swipe;
}

/** How far a sale has come: checked, settled, returned. */
function stepsOf(entry: LedgerEntry, now: EpochMs): number {
  const state = stateAt(entry, now);
  if (state === "returned") return 2;
  return state === "settled" ? 1 : 0;
}

function saidOf(entry: LedgerEntry, now: EpochMs): string {
  const { level, presume, settlement, lines } = entry;
  const left = lines.map(({ drug, tag, quantity }) => [drug, tag, quantity]);
  return JSON.stringify([stateAt(entry, now), level, presume, settlement, left]);
}
