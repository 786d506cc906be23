import type { Binding, BindingUse } from "../counters/contract.ts";
import { BINDINGS_MAX, CARD_KEPT, PERSON_CARDS_KEPT, TRACE_KEPT } from "../counters/limits.ts";
import type { Bytes, DurationMs } from "../units.ts";
import { DAY } from "../units.ts";
import type { BindingKind } from "./bindings.ts";
import { articleAt, drugCodeAt, drugPartner, productsOf, teachesProducts } from "./bindings.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { ABSENT, MISSING } from "./definition.ts";
import { number64 } from "./digests.ts";
import { inWindow } from "./live.ts";
import type { Parameters } from "./parameters.ts";
import type { LineFacts, ReadContext } from "./read-context.ts";
import { bindingPlace, partnersOf } from "./remembered.ts";

const MICRO_A_YUAN = 1_000_000;
/** Devices and articles are looked at over hours and weeks, prices over a quarter. */
const WINDOW_MAX: DurationMs = 90 * DAY;

interface Kept {
  readonly kind: BindingKind;
  readonly kept: DurationMs;
}

function bound(
  type: "number" | "boolean",
  scope: "swipe" | "line",
  binding: Kept,
  read: FeatureDefinition["read"],
): FeatureDefinition {
  return { type, scope, kind: "store", bound: "exact", needs: { bindings: [binding] }, read };
}

/** Where its pair stands in the observation: of a swipe, which has one of a kind at most, or of a line; else negative. */
type PlaceOf = (context: ReadContext, facts: LineFacts) => number;

/** Different partners seen with one entity within a window, this swipe's own among them; absent without the entity. */
function partnersCount(
  kind: BindingKind,
  longest: { readonly window: DurationMs; readonly kept?: DurationMs },
  placeOfLine?: PlaceOf,
): (parameters: Parameters) => FeatureDefinition {
  const scope = placeOfLine === undefined ? "swipe" : "line";
  const placeOf: PlaceOf = placeOfLine ?? ((context) => bindingPlace(context, kind, undefined));
  return (parameters) => {
    const window = parameters.duration("window", longest.window);
    const binding = { kind, kept: longest.kept ?? window };
    const count = bound("number", scope, binding, (context, facts) => {
      const place = placeOf(context, facts);
      return place < 0 ? ABSENT : countPartners(context, place, window);
    });
    // The store forgets the one seen longest ago when there are more.
    return { ...count, bound: { upTo: BINDINGS_MAX }, isCount: true };
  };
}

function countPartners(context: ReadContext, place: number, window: DurationMs): Seen {
  const partners = context.memory?.bindings[place];
  if (partners === undefined) return MISSING;
  // At most 32 beside the swipe's own: a look through them is faster than a set.
  const different = ownPartners(context.observation.bindings, place);
  for (let i = 0; i < partners.length; i += 1) {
    const known = partners[i];
    if (known === undefined || !inWindow(known.at, context.at, window)) continue;
    if (!different.includes(known.partner)) different.push(known.partner);
  }
  return different.length;
}

/** Each once: the observation has no pair twice. `first`: where the entity's first pair stands. */
function ownPartners(uses: readonly BindingUse[], first: number): Bytes[] {
  const own: Bytes[] = [];
  const of = uses[first];
  for (let i = first; i < uses.length; i += 1) {
    const use = uses[i];
    if (use === undefined || use.kind !== of?.kind) break;
    if (use.entity === of.entity) own.push(use.partner);
  }
  return own;
}

/** Persons seen with this card (rule IM-05). Absent where no card was read. */
export const cardPersons = partnersCount("card", { window: CARD_KEPT, kept: CARD_KEPT });

/** Cards seen with this person (rule IM-05). Absent where no card was read. */
export const personCards = partnersCount("personCard", {
  window: PERSON_CARDS_KEPT,
  kept: PERSON_CARDS_KEPT,
});

/** Pharmacies this till's hardware was seen in (rule PH-02). Absent where the till does not name it. */
export const devicePharmacies = partnersCount("device", { window: WINDOW_MAX });

/** Drug codes a line's article was sold as in this store (rule SW-01). Absent where the till names no article. */
export const articleDrugs = partnersCount(
  "article",
  { window: WINDOW_MAX },
  (context, { index }) => context.shared(articlePlaces)[index] ?? -1,
);

/** One a line: several windows ask for it. */
function articlePlaces(context: ReadContext): readonly number[] {
  const { swipe } = context;
  return swipe.lines.map((line) => {
    const article = articleAt(swipe, line);
    return article === undefined ? -1 : bindingPlace(context, "article", article);
  });
}

/** Persons, each with an insurance, seen with this ID number (rule IM-09). Absent where no identity card was shown. */
export const idPersons = partnersCount("idNumber", { window: WINDOW_MAX });

/**
 * The median of what this pharmacy took for a pack of this drug code, in yuan, each sale counted (rule SW-02); this
 * one is left out, because it is what is compared. Absent below `min` sales, and where a pack's price is not known.
 * A price counts with all its sales as long as it was taken within the window; the last 32 prices are known.
 */
export function ownMedianPrice(parameters: Parameters): FeatureDefinition {
  const window = parameters.duration("window", WINDOW_MAX);
  const min = parameters.integer("min", { min: 1, max: 1_000 });
  return bound("number", "line", { kind: "price", kept: window }, (context, { line }) => {
    const { swipe, at } = context;
    const prices = partnersOf(context, "price", drugCodeAt(swipe, line));
    if (prices === undefined || prices === MISSING) return prices;
    const recent = prices.filter((price) => inWindow(price.at, at, window));
    if (salesOf(recent) < min) return ABSENT;
    return medianPrice(recent) / MICRO_A_YUAN;
  });
}

function salesOf(bindings: readonly Binding[]): number {
  let sales = 0;
  for (const { count } of bindings) sales += count;
  return sales;
}

/** Each price as often as it was taken; between two, their mean. */
function medianPrice(bindings: readonly Binding[]): number {
  const prices = bindings
    .map(({ partner, count }) => ({ micro: number64(partner), count }))
    .sort((a, b) => a.micro - b.micro);
  const half = salesOf(bindings) / 2;
  let below = 0;
  for (const [index, { micro, count }] of prices.entries()) {
    below += count;
    if (below > half) return micro;
    if (below === half) return (micro + (prices[index + 1]?.micro ?? micro)) / 2;
  }
  return 0;
}

/**
 * The product digits of a line's trace codes stand for another drug, as `sales` sales or more have taught with
 * agreement of at least `share` (rule TR-05). Only whole packs of X and Z drugs teach and are judged.
 */
export function learnedDrugDiffers(parameters: Parameters): FeatureDefinition {
  const sales = parameters.integer("sales", { min: 1, max: 1_000_000 });
  const share = parameters.number("share", { min: 0.5, max: 1 });
  const isTaught = (partners: readonly Binding[], own: Bytes): boolean => {
    const all = salesOf(partners);
    if (all < sales) return false;
    return partners.some(({ partner, count }) => partner !== own && count >= share * all);
  };
  return bound("boolean", "line", { kind: "product", kept: TRACE_KEPT }, (context, facts) => {
    const ledger = context.observation.lines[facts.index];
    if (!teachesProducts(facts.line, ledger, facts)) return false;
    const products = productsOf(facts.line);
    const own = drugPartner(ledger?.drug ?? "");
    return anyOf(products, (product) => {
      const partners = partnersOf(context, "product", product);
      return partners === MISSING ? MISSING : isTaught(partners ?? [], own);
    });
  });
}

/** True where it holds of one; missing where it may hold of one that was not read. */
function anyOf<T>(items: readonly T[], holds: (item: T) => boolean | typeof MISSING): Seen {
  let seen: Seen = false;
  for (const item of items) {
    const one = holds(item);
    if (one === true) return true;
    if (one === MISSING) seen = MISSING;
  }
  return seen;
}
