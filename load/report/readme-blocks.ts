import type { StepTable } from "../profile/index.ts";
import { resultTable, targetTable } from "./bench-blocks.ts";
import { capacityFor, type MeasuredCosts } from "./capacity.ts";
import { capacityTable } from "./capacity-table.ts";
import { type Curve, curveSentence } from "./curve.ts";
import { table } from "./markdown.ts";
import { type CostFiles, type Costs, costsOf } from "./measured-costs.ts";
import { KEPT, PLACES, SOURCES } from "./places.ts";
import { type Optimisation, optimisationTable, stepTable } from "./step-blocks.ts";

/** What stands in load/results; undefined where a file is not there yet. */
export interface Stored extends CostFiles {
  readonly steps: StepTable | undefined;
  readonly stepsBefore: StepTable | undefined;
  readonly optimisations: readonly Optimisation[] | undefined;
}

/** Blocks of the README by name. One whose files are not there is absent: the README keeps what it has. */
export function readmeBlocks(stored: Stored): ReadonlyMap<string, string> {
  const { latest, steps, stepsBefore, curves, optimisations } = stored;
  const blocks = new Map<string, string>();
  if (latest !== undefined) {
    blocks.set("bench:table", resultTable(latest));
    blocks.set("bench:targets", targetTable(latest));
  }
  if (steps !== undefined) {
    blocks.set("bench:steps", stepTable(steps, stepsBefore));
    const earlier = "[The same before the optimisations](load/results/flame-before.svg)";
    const flames = ["![Flame graph of a swipe](load/results/flame.svg)", stepsBefore && earlier];
    blocks.set("bench:flame", flames.filter((line) => line !== undefined).join("\n\n"));
  }
  if (optimisations !== undefined)
    blocks.set("bench:optimisations", optimisationTable(optimisations));
  if (curves !== undefined) blocks.set("bench:curves", curvesBlock(curves));
  const costs = costsOf(stored);
  if (costs !== undefined) blocks.set("bench:capacity", capacityBlock(costs));
  return blocks;
}

function curvesBlock(curves: readonly Curve[]): string {
  const days = [...new Set(curves.flatMap(({ measuredOn }) => measuredOn ?? []))].sort();
  const isTwice = curves.every(({ points }) => points.every(({ spread }) => spread !== undefined));
  const runs = isTwice
    ? "a dot is the middle of several runs of a few seconds, on the way up and on the way back in turn; of active persons, whose memory only grows, one after the other"
    : "single runs of a few seconds, and the same guard costs up to a half more some minutes later";
  const how = `Measured ${days.length === 0 ? "" : `on ${days.join(", ")} `}with eight tills that each wait for their answer, each run after 8,000 answers: ${runs}.`;
  return [how, ...curves.map(curveBlock)].join("\n\n");
}

function curveBlock(curve: Curve): string {
  return `![${curve.title}](load/results/curve-${curve.name}.svg)\n\n${curveSentence(curve)}`;
}

function capacityBlock({ costs, sources }: Costs): string {
  return [
    capacityTable(costs, KEPT, PLACES),
    ...bucketNote(costs),
    table(["measured", "value", "from"], sources),
    table(["assumption", "value", "from"], SOURCES),
  ].join("\n\n");
}

/** Buckets that overflow push out codes that are still needed: it must be said where the table says it. */
function bucketNote(costs: MeasuredCosts): readonly string[] {
  const short = PLACES.filter(
    ({ given }) => capacityFor(costs, given, KEPT).bucketBits > KEPT.bucketBits,
  ).map(({ name }) => name);
  if (short.length === 0) return [];
  return [
    `The buckets of trace codes are fixed when a memory is first filled. Those of ${short.join(", ")} need more bits than \`TRACE_BUCKET_BITS\` in \`src/counters/limits.ts\` has; a bucket that overflows gives up its oldest code and says so (\`trace.bucket.full\`).`,
  ];
}
