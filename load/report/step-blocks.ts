import type { StepTable } from "../profile/index.ts";
import { STEPS } from "../profile/steps.ts";
import { table } from "./markdown.ts";
import { figure } from "./numbers.ts";

/** One optimisation that was kept. */
export interface Optimisation {
  readonly step: string;
  readonly what: string;
  readonly unit: string;
  /** A call of what was changed, or a swipe where `how` says so. */
  readonly before: number;
  readonly after: number;
  readonly how: string;
}

/** µs of CPU a swipe in each step; `before` stands beside it where it was measured. */
export function stepTable(after: StepTable, before: StepTable | undefined): string {
  const rows = STEPS.filter(
    ({ id }) => (after.steps[id] ?? 0) > 0 || (before?.steps[id] ?? 0) > 0,
  ).map(({ id, title }) => rowOf(title, after.steps[id] ?? 0, before?.steps[id]));
  const sum = rowOf("**a swipe**", sumOf(after), before && sumOf(before));
  const note = before === undefined ? [] : [`${whenText(after, before)}\n`];
  const head = before === undefined ? ["step", "µs"] : ["step", "before, µs", "now, µs", ""];
  return [...note, table(head, [...rows, sum])].join("\n");
}

/** An hour apart the same build may differ by a fifth: then only shares are worth comparing. */
function whenText({ measuredAt }: StepTable, before: StepTable): string {
  return measuredAt !== undefined && measuredAt === before.measuredAt
    ? `Both builds took turns in one run on ${measuredAt.slice(0, 10)}.`
    : "The two were measured at different times on a shared machine: the shares say more than the differences.";
}

function rowOf(title: string, after: number, before: number | undefined): readonly string[] {
  const now = after.toFixed(0);
  return before === undefined
    ? [title, now]
    : [title, before.toFixed(0), now, changeText(before, after)];
}

function sumOf({ steps }: StepTable): number {
  return Object.values(steps).reduce((sum, us) => sum + us, 0);
}

/** Below this a difference is the sampling's. */
const NOISE = 0.05;

function changeText(before: number, after: number): string {
  if (before <= 0) return "";
  const change = after / before - 1;
  if (Math.abs(change) < NOISE) return "";
  return `${change < 0 ? "−" : "+"}${Math.round(100 * Math.abs(change))} %`;
}

export function optimisationTable(optimisations: readonly Optimisation[]): string {
  const rows = optimisations.map(({ step, what, unit, before, after, how }) => [
    step,
    what,
    unit,
    figure(before),
    figure(after),
    how,
  ]);
  return table(["step", "what was done", "in", "before", "after", "measured by"], rows);
}
