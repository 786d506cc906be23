import type { FeaturePlan } from "../features/plan.ts";
import type { FeatureVector, Reading } from "../features/vector.ts";
import { FeatureHeads, FeatureSheet, headOf } from "./feature-sheet.ts";

/**
 * Each number of lines has a sheet of its own: 40 KB and 9 KB more a line for 172 features, 2 MB altogether. Sales of
 * more lines are rare, and written without.
 */
const LINES_MAX = 16;

interface Known {
  readonly heads: FeatureHeads;
  /** By the number of lines. */
  readonly sheets: (FeatureSheet | undefined)[];
}

/**
 * The features of a decision as JSON, equal to the letter to `JSON.stringify` of them by name. Three quarters of a
 * record, and the same names again and again: 9 µs; written anew each time it took 21, as objects 54.
 */
export class FeatureTexts {
  private readonly known = new WeakMap<FeaturePlan, Known>();

  /** Bytes are UTF-8, and good until the next call. */
  of(plan: FeaturePlan, vector: FeatureVector): Buffer | string {
    const isKept = vector.lines.length <= LINES_MAX;
    const written = isKept ? this.sheet(plan, vector.lines.length).write(vector) : undefined;
    return written ?? textOf(plan, vector);
  }

  private sheet(plan: FeaturePlan, lines: number): FeatureSheet {
    let known = this.known.get(plan);
    if (known === undefined) {
      known = { heads: new FeatureHeads(plan), sheets: [] };
      this.known.set(plan, known);
    }
    const sheet = known.sheets[lines] ?? new FeatureSheet(known.heads, lines);
    known.sheets[lines] = sheet;
    return sheet;
  }
}

function textOf(plan: FeaturePlan, vector: FeatureVector): string {
  const swipe = plan.swipe.map(
    (feature, index) => `${headOf(feature)},"value":${readingText(vector.swipe[index])}}`,
  );
  const lines = plan.lines.map((feature, index) => {
    const readings = vector.lines.map((row) => readingText(row[index]));
    return `${headOf(feature)},"lines":[${readings.join()}]}`;
  });
  return `{${[...swipe, ...lines].join()}}`;
}

function readingText(reading: Reading | undefined): string {
  return JSON.stringify(reading ?? "missing");
}
