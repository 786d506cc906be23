import { Gauge, type Registry } from "prom-client";
import type { Notice } from "../units.ts";
import type { LabelShape, MetricDefinition, NoticeDefinition } from "./notice-definition.ts";
import { createCounter, createHistogram, type Labels } from "./series.ts";

/** What a label shows when its value has not the declared shape, or when there are too many values. */
const OTHER = "other";

/**
 * Distinct values one label of one kind may take in a process: a policy has about 60 rules and 30 override codes.
 * Beyond it the value is shown as `other`, so that no caller can make the registry grow.
 */
export const LABEL_VALUES_MAX = 200;

type Given = Notice["labels"];
type CountValue = (value: number | undefined) => void;

/** One kind of notice, made ready to be counted. */
export type Meter = (notice: Notice) => void;

export function createMeter(registry: Registry, definition: NoticeDefinition): Meter {
  const metrics = definition.metrics.map((metric) => createMetric(registry, metric));
  const clears = definition.clears ?? [];
  const countsOf = countsByLabels(definition, (labels) => metrics.map((of) => of(labels)));
  return (notice) => {
    for (const name of clears) registry.getSingleMetric(name)?.reset();
    for (const count of countsOf(notice.labels)) count(notice.value);
  };
}

/** What is counted under labels as they were given, by one step a label. */
class CountsByValue {
  readonly next = new Map<string | undefined, CountsByValue>();
  counts: readonly CountValue[] | undefined;
}

/**
 * The few sets of labels come a million times: each is looked at once, and found again as it was given. With the series
 * at hand a notice takes 1.2 instead of 9.4 thousand instructions (measured), and a swipe has seven.
 */
function countsByLabels(
  { labels: shapes }: NoticeDefinition,
  make: (labels: Labels) => readonly CountValue[],
): (given: Given) => readonly CountValue[] {
  const gates = Object.entries(shapes).map(([name, shape]) => [name, createGate(shape)] as const);
  const admitted = (given: Given): Labels =>
    Object.fromEntries(gates.map(([name, admit]) => [name, admit(given?.[name])]));
  // Values that come and go are not remembered.
  if (Object.values(shapes).some((shape) => "boundBySender" in shape))
    return (given) => make(admitted(given));
  const names = Object.keys(shapes);
  const root = new CountsByValue();
  return (given) => {
    const known = find(root, names, given);
    if (known !== undefined) return known;
    // Nor are those that were refused: under `other` they are all one.
    const labels = admitted(given);
    return find(root, names, labels) ?? remember(root, names, labels, make(labels));
  };
}

function find(
  root: CountsByValue,
  names: readonly string[],
  labels: Given,
): readonly CountValue[] | undefined {
  let at: CountsByValue | undefined = root;
  for (const name of names) {
    at = at.next.get(labels?.[name]);
    if (at === undefined) return undefined;
  }
  return at.counts;
}

function remember(
  root: CountsByValue,
  names: readonly string[],
  labels: Labels,
  counts: readonly CountValue[],
): readonly CountValue[] {
  let at = root;
  for (const name of names) {
    const next = at.next.get(labels[name]) ?? new CountsByValue();
    at.next.set(labels[name], next);
    at = next;
  }
  at.counts = counts;
  return counts;
}

/** Lets through what has the declared shape, and no more values than a process may show. */
function createGate(shape: LabelShape): (value: string | undefined) => string {
  if ("boundBySender" in shape) {
    const { boundBySender } = shape;
    return (value) => (value !== undefined && boundBySender.test(value) ? value : OTHER);
  }
  const passed = new Set<string>();
  const fits = (value: string) =>
    shape instanceof RegExp ? shape.test(value) : shape.includes(value);
  return (value) => {
    if (value === undefined) return OTHER;
    if (passed.has(value)) return value;
    if (passed.size >= LABEL_VALUES_MAX || !fits(value)) return OTHER;
    passed.add(value);
    return value;
  };
}

function createMetric(
  registry: Registry,
  metric: MetricDefinition,
): (labels: Labels) => CountValue {
  const { name, help, measure } = metric;
  const kept = (labels: Labels) => pick(labels, metric.labels);
  switch (measure) {
    case "counter": {
      const series = createCounter(registry, metric);
      return (labels) => {
        const add = series(kept(labels));
        return (value) => add(step(metric, value));
      };
    }
    case "histogram": {
      const series = createHistogram(registry, metric);
      return (labels) => {
        const observe = series(kept(labels));
        return (value) => observe(finite(value));
      };
    }
    case "gauge":
    case "info": {
      const gauge = new Gauge({
        name,
        help,
        labelNames: [...metric.labels],
        registers: [registry],
      });
      return (labels) => {
        const shown = kept(labels);
        if (measure === "gauge") return (value) => gauge.set(shown, finite(value));
        return () => {
          gauge.reset();
          gauge.set(shown, 1);
        };
      };
    }
  }
}

/** A counter only grows: a value that is no positive number counts nothing rather than throwing into a check. */
function step(metric: MetricDefinition, value: number | undefined): number {
  return metric.byValue ? Math.max(0, finite(value)) : 1;
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}

function pick(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? OTHER]));
}
