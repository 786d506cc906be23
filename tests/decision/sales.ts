import type {
  LedgerEntry,
  LedgerLine,
  LocatedClaim,
  ReturnsSheet,
} from "../../src/counters/contract.ts";
import type { Moved, Standing, Step, Transition } from "../../src/decision/life-cycle.ts";
import { drugKeyOf } from "../../src/reference/drug-key.ts";
import { readDrugCode } from "../../src/swipe/drug-code.ts";
import { MINUTE } from "../../src/units.ts";

/** Sales for tests of the life cycle: names become bytes, everything else has a plain default. */
export const AT = Date.UTC(2026, 10, 21, 2, 15, 30);
export const NEVER = "\0\0\0\0";

export function bytes(name: string, length: number): string {
  return name.padEnd(length, "\0").slice(0, length);
}

export const STATIN = drugKeyOf(readDrugCode("XC10AAA067A001"));
export const ASPIRIN = drugKeyOf(readDrugCode("XB01ACA056A012"));

/** Two packs of 28 days for 73.00 yuan, and one of 30 days for 16.01. */
export function twoLines(): LedgerLine[] {
  return [
    { drug: STATIN, tag: 1, quantity: 20_000, days: 28, fen: 7_300 },
    { drug: ASPIRIN, tag: 2, quantity: 10_000, days: 30, fen: 1_601 },
  ];
}

export function entry(changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    swipe: bytes("sale-1", 8),
    state: "reserved",
    at: AT,
    pharmacy: "P21010200123",
    area: "210102",
    fund: 8_901,
    level: 0,
    presume: false,
    late: false,
    against: false,
    unchecked: false,
    partlyReturned: false,
    nature: { chronic: false, prescribed: false, outsider: false, proxied: false },
    settlement: NEVER,
    lines: twoLines(),
    ...changes,
  };
}

export function claim(kind: LocatedClaim["kind"], line: number, name: string): LocatedClaim {
  return { kind, line, id: bytes(name, 10) };
}

/** Two boxes on the first line, one on the second, a prescription for both, and a token. */
export const CLAIMS: readonly LocatedClaim[] = [
  claim("trace", 1, "box-a"),
  claim("trace", 1, "box-b"),
  claim("trace", 2, "box-c"),
  claim("prescription", 1, "rx"),
  claim("prescription", 2, "rx"),
  claim("token", 0, "token"),
];

export function standing(of: LedgerEntry, changes: Partial<Standing> = {}): Standing {
  return { entry: of, returns: undefined, claims: CLAIMS, at: AT + 1_000, ...changes };
}

export function settlement(name: string, lines?: Extract<Step, { kind: "settle" }>["lines"]): Step {
  return { kind: "settle", settlement: bytes(name, 4), ...(lines ? { lines } : {}) };
}

export function reversal(name?: string, lines?: Extract<Step, { kind: "reverse" }>["lines"]): Step {
  return { kind: "reverse", ...(name ? { reversal: name } : {}), ...(lines ? { lines } : {}) };
}

export function changed(moved: Moved): Transition {
  if (!("to" in moved)) throw new Error(`nothing changed: ${JSON.stringify(moved)}`);
  return moved.to;
}

/** The same sale after a step: what the memory would give back. */
export function after(before: Standing, moved: Moved): Standing {
  if (!("to" in moved)) return before;
  return { ...before, entry: moved.to.after, returns: moved.to.returns ?? before.returns };
}

export const QUARTER = 15 * MINUTE;
export const HOLD = 3;

const halfSheet: ReturnsSheet = { original: twoLines(), reversals: ["part-1"], codes: [] };
export const halfLines = (): LedgerLine[] => {
  const [first, second] = twoLines();
  if (!first || !second) throw new Error("two lines");
  return [{ ...first, quantity: 10_000, days: 14, fen: 3_650 }, second];
};

/** Every state of the contract's table, as the memory has it and when it is read. */
export const STATES: Readonly<Record<string, Standing>> = {
  unsealed: standing(entry({ state: "unsealed" })),
  reserved: standing(entry()),
  lapsed: standing(entry(), { at: AT + QUARTER }),
  presumed: standing(entry({ presume: true }), { at: AT + QUARTER }),
  attempted: standing(entry({ state: "attempted", level: HOLD })),
  released: standing(entry({ state: "attempted", level: 1 })),
  superseded: standing(entry({ state: "superseded" })),
  settled: standing(entry({ state: "settled", settlement: "S-01" })),
  "returned in part": standing(
    entry({ state: "settled", settlement: "S-01", partlyReturned: true, lines: halfLines() }),
    { returns: halfSheet },
  ),
  returned: standing(entry({ state: "returned", settlement: "S-01" }), {
    returns: { original: twoLines(), reversals: ["whole-1"], codes: [] },
  }),
  "returned before it was settled": standing(entry({ state: "returned" })),
};
