import { PHARMACY_KIND, periodFeature } from "../features/place-features.ts";
import type { FeaturePlan } from "../features/plan.ts";
import type { Reading } from "../features/vector.ts";
import type { Overlay, Place } from "./overlay.ts";
import { overlaysAt } from "./overlay.ts";
import type { PlacedRule } from "./rule.ts";
import { RuleIndex } from "./rule-index.ts";

/** A province has a hundred areas; with kinds of pharmacy and a few periods this is ample, and small. */
export const PLACES_KEPT = 1_024;

/**
 * The rules as they are at a place: worked out when the first sale of that place is judged, and kept, so that a
 * judgement compiles nothing. What is kept never changes an answer.
 */
export class RuleBook {
  readonly #rules: readonly PlacedRule[];
  readonly #plan: FeaturePlan;
  readonly #kindAt: number | undefined;
  readonly #periods: readonly { readonly name: string; readonly at: number }[];
  readonly #overlays: ReadonlyMap<Overlay, number>;
  readonly #kept = new Map<string, RuleIndex>();
  /** By the overlays that hold: most places differ in nothing. */
  readonly #versions = new Map<string, RuleIndex>();

  constructor(rules: readonly PlacedRule[], overlays: readonly Overlay[], plan: FeaturePlan) {
    this.#rules = rules;
    this.#plan = plan;
    this.#overlays = new Map(overlays.map((overlay, number) => [overlay, number]));
    this.#kindAt = plan.positions.get(PHARMACY_KIND)?.index;
    const names = [...new Set(overlays.flatMap(({ where }) => where.calendar))];
    this.#periods = names.flatMap((name) => {
      const at = plan.positions.get(periodFeature(name))?.index;
      return at === undefined ? [] : [{ name, at }];
    });
  }

  /** Rules that are on there, in the order of the policy. */
  at(area: string, swipe: readonly Reading[]): RuleIndex {
    const key = this.#overlays.size > 0 ? this.#key(area, swipe) : "";
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= PLACES_KEPT) {
      this.#kept.clear();
      this.#versions.clear();
    }
    const rules = this.#rulesAt(this.#place(area, swipe));
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

  #rulesAt(place: Place): RuleIndex {
    const applied = this.#rules.map(({ overlays }) => overlaysAt(overlays, place));
    const version = applied
      .map((overlays) => overlays.map((overlay) => this.#overlays.get(overlay)).join(","))
      .join(";");
    const known = this.#versions.get(version);
    if (known !== undefined) return known;
    const rules = this.#rules
      .map(({ everywhere, under }, number) => {
        const overlays = applied[number] ?? [];
        return overlays.length === 0 ? everywhere : under(overlays);
      })
      .filter(({ mode }) => mode !== "off");
    const index = new RuleIndex(rules, this.#plan);
    this.#versions.set(version, index);
    return index;
  }
}

function isTrue(reading: Reading | undefined): boolean {
  return typeof reading === "object" && reading.known === true;
}
