import { PHARMACY_KIND, periodFeature } from "../features/place-features.ts";
import type { FeaturePlan } from "../features/plan.ts";
import type { Reading } from "../features/vector.ts";
import type { Overlay, Place } from "./overlay.ts";
import { overlaysAt } from "./overlay.ts";
import type { PlacedRule, Rule } from "./rule.ts";

/** A province has a hundred areas; with kinds of pharmacy and a few periods this is ample, and small. */
export const PLACES_KEPT = 1_024;

/**
 * The rules as they are at a place: worked out when the first sale of that place is judged, and kept, so that a
 * judgement compiles nothing. What is kept never changes an answer.
 */
export class RuleBook {
  readonly #rules: readonly PlacedRule[];
  readonly #kindAt: number | undefined;
  readonly #periods: readonly { readonly name: string; readonly at: number }[];
  readonly #hasOverlays: boolean;
  readonly #kept = new Map<string, readonly Rule[]>();

  constructor(rules: readonly PlacedRule[], overlays: readonly Overlay[], plan: FeaturePlan) {
    this.#rules = rules;
    this.#hasOverlays = overlays.length > 0;
    this.#kindAt = plan.positions.get(PHARMACY_KIND)?.index;
    const names = [...new Set(overlays.flatMap(({ where }) => where.calendar))];
    this.#periods = names.flatMap((name) => {
      const at = plan.positions.get(periodFeature(name))?.index;
      return at === undefined ? [] : [{ name, at }];
    });
  }

  /** Rules that are on there, in the order of the policy. */
  at(area: string, swipe: readonly Reading[]): readonly Rule[] {
    const key = this.#hasOverlays ? this.#key(area, swipe) : "";
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const rules = this.#rulesAt(this.#place(area, swipe));
    if (this.#kept.size >= PLACES_KEPT) this.#kept.clear();
    this.#kept.set(key, rules);
    return rules;
  }

  #key(area: string, swipe: readonly Reading[]): string {
    let key = `${area}|${this.#kind(swipe) ?? ""}`;
    for (const { name, at } of this.#periods) if (isTrue(swipe[at])) key += `|${name}`;
    return key;
  }

  #place(area: string, swipe: readonly Reading[]): Place {
    const periods = this.#periods.filter(({ at }) => isTrue(swipe[at])).map(({ name }) => name);
    return { area, kind: this.#kind(swipe), periods: new Set(periods) };
  }

  #kind(swipe: readonly Reading[]): string | undefined {
    const reading = this.#kindAt === undefined ? undefined : swipe[this.#kindAt];
    return typeof reading === "object" ? String(reading.known) : undefined;
  }

  #rulesAt(place: Place): readonly Rule[] {
    return this.#rules
      .map(({ everywhere, overlays, under }) => {
        const applied = overlaysAt(overlays, place);
        return applied.length === 0 ? everywhere : under(applied);
      })
      .filter(({ mode }) => mode !== "off");
  }
}

function isTrue(reading: Reading | undefined): boolean {
  return typeof reading === "object" && reading.known === true;
}
