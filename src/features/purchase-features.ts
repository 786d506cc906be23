import type { LedgerEntry, LedgerLine } from "../counters/contract.ts";
import { CLOCK_SLACK, LEDGER_KEPT } from "../counters/limits.ts";
import type { EpochMs } from "../units.ts";
import { DAY } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { ABSENT, MISSING, NOTHING } from "./definition.ts";
import { isCountedInPacks } from "./line-features.ts";
import { inWindow, isDispensed } from "./live.ts";
import type { Parameters } from "./parameters.ts";
import { ONE } from "./quantities.ts";

/** Bytes of a drug key that name the molecule; the last is the form. */
const MOLECULE_BYTES = 4;

/** Days of a line's molecule still at home before this sale (rules OQ-02, OQ-06). */
export function onHandDays(): FeatureDefinition {
  return {
    type: "number",
    scope: "line",
    kind: "store",
    bound: "exact",
    needs: NOTHING,
    read({ memory, observation, at }, line): Seen {
      if (memory === undefined) return MISSING;
      const own = observation.lines[line];
      return own === undefined ? ABSENT : daysLeft(memory.ledger, own.drug, at);
    },
  };
}

/**
 * Each dispensed entry adds its days to what was left when it was bought; nobody saves up less than nothing.
 * Lines whose days nobody knows add none: what is not known does not accuse.
 */
export function daysLeft(ledger: readonly LedgerEntry[], drug: string, at: EpochMs): number {
  const bought = ledger
    .filter((entry) => entry.at <= at + CLOCK_SLACK && isDispensed(entry, at))
    .map((entry) => ({
      at: Math.min(entry.at, at),
      days: daysOf(entry.lines, drug.slice(0, MOLECULE_BYTES)),
    }))
    .filter(({ days }) => days > 0)
    .sort((a, b) => a.at - b.at);
  let stock = 0;
  let since = bought[0]?.at ?? at;
  for (const purchase of bought) {
    stock = Math.max(0, stock - (purchase.at - since) / DAY) + purchase.days;
    since = purchase.at;
  }
  return Math.max(0, stock - (at - since) / DAY);
}

function daysOf(lines: readonly LedgerLine[], molecule: string): number {
  let days = 0;
  for (const line of lines) if (line.drug.startsWith(molecule)) days += line.days ?? 0;
  return days;
}

/** Packs of a line's form bought within `window`, this sale included; X and Z lines only (rule OQ-05). */
export function packsDispensed(parameters: Parameters): FeatureDefinition {
  const window = parameters.duration("window", LEDGER_KEPT);
  return {
    type: "number",
    scope: "line",
    kind: "store",
    bound: "exact",
    needs: NOTHING,
    read(context, line): Seen {
      const { memory, observation, at } = context;
      const facts = context.line(line);
      const own = observation.lines[line];
      if (own === undefined || !isCountedInPacks(facts)) return ABSENT;
      if (memory === undefined) return MISSING;
      let total = quantityOf(observation.lines, own.drug);
      for (const entry of memory.ledger) {
        if (inWindow(entry.at, at, window) && isDispensed(entry, at))
          total += quantityOf(entry.lines, own.drug);
      }
      return total / ONE;
    },
  };
}

function quantityOf(lines: readonly LedgerLine[], drug: string): number {
  let quantity = 0;
  for (const line of lines) if (line.drug === drug) quantity += line.quantity;
  return quantity;
}
