import type { FeatureDefinition } from "./definition.ts";
import { Parameters } from "./parameters.ts";
import { period, pharmacyKind } from "./pharmacy-features.ts";

/** Names that no declaration can have: they begin with a sign. What the overlays of a policy go by. */
export const PHARMACY_KIND = "#pharmacy-kind";

export function periodFeature(name: string): string {
  return `#period:${name}`;
}

/**
 * The kind of pharmacy and the periods of the calendar that overlays name: features like any other, so that they are
 * on record and a decision can be made again.
 */
export function placeFeatures(periods: Iterable<string>): ReadonlyMap<string, FeatureDefinition> {
  const features = new Map<string, FeatureDefinition>([[PHARMACY_KIND, pharmacyKind()]]);
  for (const name of periods) features.set(periodFeature(name), period(new Parameters({ name })));
  return features;
}
