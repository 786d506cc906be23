import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Notice } from "../units.ts";
import type { LabelShape, MetricDefinition, NoticeDefinition } from "./notice-definition.ts";

/** What a label shows when its value has not the declared shape, or when there are too many values. */
const OTHER = "other";

/**
 * Distinct values one label of one kind may take in a process: a policy has about 60 rules and 30 override codes.
 * Beyond it the value is shown as `other`, so that no caller can make the registry grow.
 */
export const LABEL_VALUES_MAX = 200;

type Labels = Record<string, string>;
type Count = (labels: Labels, value: number | undefined) => void;

/** One kind of notice, made ready to be counted. */
export type Meter = (notice: Notice) => void;

export function createMeter(registry: Registry, definition: NoticeDefinition): Meter {
  const gates = Object.entries(definition.labels).map(
    ([name, shape]) => [name, createGate(shape)] as const,
  );
  const counts = definition.metrics.map((metric) => createCount(registry, metric));
  const clears = definition.clears ?? [];
  return (notice) => {
    for (const name of clears) registry.getSingleMetric(name)?.reset();
    const labels: Labels = {};
    for (const [name, admit] of gates) labels[name] = admit(notice.labels?.[name]);
    for (const count of counts) count(labels, notice.value);
  };
}

/** Lets through what has the declared shape; remembers what passed, because the same few words come a million times. */
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

function createCount(registry: Registry, metric: MetricDefinition): Count {
  const shared = { name: metric.name, help: metric.help, labelNames: [...metric.labels] };
  const options = { ...shared, registers: [registry] };
  switch (metric.measure) {
    case "counter": {
      const counter = new Counter(options);
      if (metric.labels.length === 0) counter.inc(0);
      return (labels, value) => counter.inc(pick(labels, metric.labels), step(metric, value));
    }
    case "gauge": {
      const gauge = new Gauge(options);
      return (labels, value) => gauge.set(pick(labels, metric.labels), finite(value));
    }
    case "histogram": {
      const histogram = new Histogram({ ...options, buckets: [...(metric.buckets ?? [])] });
      return (labels, value) => histogram.observe(pick(labels, metric.labels), finite(value));
    }
    case "info": {
      const gauge = new Gauge(options);
      return (labels) => {
        gauge.reset();
        gauge.set(pick(labels, metric.labels), 1);
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
  const picked: Labels = {};
  for (const name of names) picked[name] = labels[name] ?? OTHER;
  return picked;
}
